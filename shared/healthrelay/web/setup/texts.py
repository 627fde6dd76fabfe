"""The texts of the page: one folder a language, in it one file for each part.

    text("today.people_need_you", count=2)

is what ``texts/<language>/today.json`` has under ``people_need_you``, with the values in their
places. A text that depends on a number is an object with ``one`` and ``other``, chosen by *count*.
A whole sentence is one text, so that each language can order its words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

FOLDER = Path(__file__).parent / "texts"
DEFAULT = "en"
Entry = str | Mapping[str, str]


class Texts:
    """The texts in one *language*."""

    def __init__(self, language: str = DEFAULT) -> None:
        self.language = language

    def text(self, key: str, **values: object) -> str:
        """Return the text as it is: a template escapes it."""
        return self.raw(key, values).format_map(values)

    def html(self, key: str, **values: object) -> Markup:
        """Return a text with markup of its own; the values in it are escaped."""
        from markupsafe import Markup  # noqa: PLC0415 - comes with the templates

        return Markup(self.raw(key, values)).format_map(values)  # noqa: S704 - it is ours

    def raw(self, key: str, values: Mapping[str, object]) -> str:
        """Return the text of *key* with its places open, in the form that the count needs."""
        part, _, name = key.partition(".")
        entry: Entry = load_texts(self.language, part)[name]
        return entry if isinstance(entry, str) else entry[plural_form(values["count"])]

    def has(self, key: str) -> bool:
        part, _, name = key.partition(".")
        return name in load_texts(self.language, part)


def plural_form(count: object) -> str:
    """Return which form a number takes; English and Dutch have the same two (CLDR)."""
    return "one" if count == 1 else "other"


@cache
def languages() -> tuple[str, ...]:
    """Return the languages there are, the default one first."""
    found = (folder.name for folder in FOLDER.iterdir() if folder.is_dir())
    return tuple(sorted(found, key=lambda name: (name != DEFAULT, name)))


def choose_language(chosen: str, accepted: Iterable[str]) -> str:
    """Return the language: the one that was *chosen*, or the first that the browser takes."""
    wanted = [chosen, *(tag.partition("-")[0].lower() for tag in accepted)]
    return next((name for name in wanted if name in languages()), DEFAULT)


@cache
def load_texts(language: str, part: str) -> dict[str, Entry]:
    """Return the texts of one *part* by their names, those in objects as ``outer.inner``."""
    return dict(_flatten(json.loads((FOLDER / language / f"{part}.json").read_text("utf-8"))))


def _flatten(entries: Mapping[str, object], before: str = "") -> Iterable[tuple[str, Entry]]:
    for name, entry in entries.items():
        if isinstance(entry, str) or (isinstance(entry, dict) and entry.keys() == {"one", "other"}):
            yield before + name, entry
        elif isinstance(entry, dict):
            yield from _flatten(entry, f"{before}{name}.")
