"""The texts of the household's page: every language says everything, and templates say nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from healthrelay.core.grants.consent import CONSENTS, Consent, scope_name
from healthrelay.web.setup.render import TEMPLATES
from healthrelay.web.setup.texts import FOLDER, Texts

LANGUAGES = sorted(folder.name for folder in FOLDER.iterdir())
OTHERS = [name for name in LANGUAGES if name != "en"]
NEVER = {
    "en": r"users?|wearers?|subjects?|grants?|authoris|re-consent|revoke|degraded|pending"
    r"|sync status|poll|pull|refresh|trigger|snapshot|replicated|sink|dead letter|replay|retry|DLQ"
    r"|series|data points|cursor|sealed|at rest|credential|secret material|rotate|anew|settled"
    r"|coverage|successfully",
    "nl": r"gebruikers?|drager|subject|autoriseren|intrekken|wachtrij|status|poll|pull|refresh"
    r"|trigger|snapshot|replay|retry|reeksen|datapunten|cursor|verzegeld|credentials?|roteren"
    r"|dekking|succesvol|alstublieft|uw|u (?:kunt|moet|bent|hebt)|gelinkt|data",
}
"""Words that a household never reads."""
OUTSIDE_TEXTS = {"healthrelay", "CSV", "JSON", "·"}
"""What a template may say by itself: names, which are the same in every language."""


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Each text of a *language*, with its file and names."""
    for file in sorted((FOLDER / language).glob("*.json")):
        yield from _walk(json.loads(file.read_text("utf-8")), file.stem)


def _walk(entries: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, entry in entries.items():
        if isinstance(entry, str):
            yield f"{before}.{name}", entry
        else:
            yield from _walk(entry, f"{before}.{name}")


def values(text: str) -> set[str]:
    """The names of the values in *text*; a form for one may leave out how many."""
    return {name for _, name, _, _ in Formatter().parse(text) if name} - {"count"}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_text_with_the_same_values_and_markup(language: str) -> None:
    english, other = dict(texts("en")), dict(texts(language))

    assert {"missing": english.keys() - other.keys(), "left over": other.keys() - english} == {
        "missing": set(),
        "left over": set(),
    }
    for key, text in english.items():
        assert values(other[key]) == values(text), f"{language} {key}: {other[key]}"
        tags = sorted(re.findall(r"</?\w+>", text))
        assert sorted(re.findall(r"</?\w+>", other[key])) == tags, f"{language} {key}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("consent", CONSENTS.values(), ids=list(CONSENTS))
def test_everything_that_may_be_allowed_has_words(language: str, consent: Consent) -> None:
    for scope in consent.scopes:
        assert Texts(language).has(f"today.gives.{consent.provider}.{scope_name(scope)}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_speak_in_the_words_of_a_household(language: str) -> None:
    for key, text in texts(language):
        # What is quoted, or bold, is what somebody else's page says.
        own = re.sub(r"“[^”]*”|<b>.*?</b>", "", text)
        assert not re.search(rf"\b({NEVER[language]})\b|!", own, re.I), f"{key}: {text}"


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_a_template_has_no_words_of_its_own(template: Path) -> None:
    code = r"\{% block main_class %\}.*?\{% endblock %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}"
    page = re.sub(code, " ", template.read_text("utf-8"), flags=re.S)
    named = re.findall(r'(?:aria-label|title|alt|placeholder|data-cop\w+)="([^"]*)"', page)
    said = " ".join([re.sub(r"<[^>]*>", " ", page, flags=re.S), *named])

    assert {word for word in said.split() if re.search(r"\w", word)} <= OUTSIDE_TEXTS
