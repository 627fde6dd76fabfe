"""The page in Dutch: chosen by the browser or by a link, in whole."""

from __future__ import annotations

import re

import pytest

from tests.household import START, Household
from tests.web.setup.conftest import Visitor, heading
from tests.web.setup.test_today import EVERYTHING, card, connect_jack

DUTCH = {"Accept-Language": "nl-NL,nl;q=0.9,en;q=0.5"}


@pytest.fixture
def jack(household: Household) -> Household:
    connect_jack(household)
    return household


def test_the_browser_says_which_language(jack: Household, owner: Visitor) -> None:
    page = owner.open("/setup", **DUTCH)

    assert '<html lang="nl">' in page.text
    assert heading(page) == "Zaterdag 28 november"
    text = card(page.text, "jack")
    # The same numbers as in English: 82.4 kg, 0.3 below the mean of 82.7, 8,123 steps.
    assert "82,4 kg Vandaag. 0,3 kg onder de week ervoor (82,7 kg)." in text
    assert "Gisteren 8.123 stappen" in text
    assert "Afgelopen nacht 7 u 17 min 23:04 tot 06:41" in text
    assert "Nu ophalen" in text


def test_a_persons_page_is_dutch_and_its_files_are_not(jack: Household, owner: Visitor) -> None:
    page = owner.open("people/jack", **DUTCH).text
    files = [owner.open(f"people/jack/charts/weight.{kind}", **DUTCH) for kind in ("csv", "json")]

    assert ">Gewicht, laatste 30 dagen</title>" in page
    assert "za 28 nov" in page
    assert "Wat wij van elke dag hebben" in page
    assert all("82.4" in file.text and "82,4" not in file.text for file in files)


def test_a_link_chooses_the_language_for_good(jack: Household, owner: Visitor) -> None:
    assert '<a href="?lang=nl" lang="nl" hreflang="nl">Nederlands</a>' in owner.open("/setup").text

    answer = owner.open("people/jack?lang=nl")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/setup/people/jack")
    assert "Max-Age=31536000" in answer.headers["Set-Cookie"]
    assert "Grafieken" in owner.follow(answer).text
    back = owner.follow(owner.open("people/jack?lang=en"))
    assert "Charts" in back.text


@pytest.mark.parametrize("language", ["xx", "../en", "nl\r\nSet-Cookie: a=b", "%00"])
def test_what_is_no_language_changes_nothing(visitor: Visitor, language: str) -> None:
    answer = visitor.session.get(
        f"{visitor.household.url}/setup/sign-in", params={"lang": language}, allow_redirects=False
    )

    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers


def test_a_failure_is_told_in_dutch(visitor: Visitor) -> None:
    page = visitor.open("no/such/page", **DUTCH)

    assert heading(page) == "Die pagina bestaat niet"
    assert re.search(r"Geval [A-Z0-9]{4}, om \d\d:\d\d UTC\.", page.text)


def test_what_is_not_allowed_is_named_in_dutch(household: Household, owner: Visitor) -> None:
    household.connect("jack", **EVERYTHING)
    stored = household.services.store.tokens.load("jack")
    assert stored
    granted = stored.document["scopes"]
    assert isinstance(granted, list)
    household.change_grant(scopes=[scope for scope in granted if "sleep" not in str(scope)])

    english, dutch = (owner.open("/setup", **{"Accept-Language": tag}).text for tag in ("en", "nl"))

    assert "Not allowed, and so not read: sleep." in card(english, "jack")
    assert "Niet toegestaan, en dus niet gelezen: slaap." in card(dutch, "jack")


def test_what_only_an_error_says_is_marked_as_english(household: Household, owner: Visitor) -> None:
    household.connect("jack", **EVERYTHING)
    said = "The clock of this machine is wrong."
    trouble = {"cause": "clock", "who": "owner", "sentence": said, "since": START.isoformat()}
    household.change_grant(health={"refreshing": trouble})

    text = owner.open("/setup", **DUTCH).text

    assert "Hier, of bij Google Health, moet iets in orde komen." in card(text, "jack")
    assert f'<span lang="en">{said}</span>' in text
    assert text.count(said) == 1
