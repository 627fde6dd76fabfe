"""The page in Dutch: chosen by the browser or by a link, in whole."""

from __future__ import annotations

import re
from html import unescape

import pytest

from healthrelay.flows.grants.links import invite, link_code
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


class TestOnlyOverHttps:
    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {"HEALTHRELAY_PUBLIC_URL": "https://relay.example"}

    def test_the_link_works_there_too(self, visitor: Visitor) -> None:
        answer = visitor.open("sign-in?lang=nl")

        cookie, _, _ = answer.headers["Set-Cookie"].partition(";")
        assert cookie == "__Host-language=nl"
        assert '<html lang="nl">' in visitor.open("sign-in", Cookie=cookie).text


def to_dutch(page: str) -> str:
    """Where the link at the foot of an English page leads."""
    match = re.search(r'<a href="([^"]+)" lang="nl"', page)
    assert match, page
    return unescape(match[1])


@pytest.mark.parametrize(
    "path",
    ["people/jack?show=1y&days=steps&year=2026", "people/jack/measurements/body-weight?page=1"],
)
def test_a_page_in_another_language_shows_the_same(
    jack: Household, owner: Visitor, path: str
) -> None:
    page, _, query = path.partition("?")

    answer = owner.open(page + to_dutch(owner.open(path).text))

    assert answer.headers["Location"] == f"/setup/{page}?{query}"
    assert '<html lang="nl">' in owner.follow(answer).text


def test_who_signs_in_in_another_language_is_led_on_as_before(visitor: Visitor) -> None:
    answer = visitor.open("sign-in" + to_dutch(visitor.open("sign-in?next=settings").text))

    assert answer.headers["Location"] == "/setup/sign-in?next=settings"
    assert 'name="next" value="settings"' in visitor.follow(answer).text


def test_a_failure_on_the_way_to_the_provider_is_the_same_in_another_language(
    visitor: Visitor,
) -> None:
    led = visitor.get("/auth2?code=c&state=unknown")
    place = led.headers["Refresh"].partition("/setup/")[2]
    english = visitor.open(place)

    answer = visitor.open("problem" + to_dutch(english.text))

    dutch = visitor.follow(answer)
    assert answer.headers["Location"] == f"/setup/{place}"
    assert (dutch.status_code, '<html lang="nl">' in dutch.text) == (english.status_code, True)


@pytest.mark.parametrize(
    ("path", "page"),
    [("people", "start/people"), ("project", "start/google"), ("igor", "start/igor")],
)
def test_what_answers_a_form_leads_to_the_form_in_another_language(
    owner: Visitor, path: str, page: str
) -> None:
    wrong = owner.press(path, page=page, user="-", igor="-", project="-")
    assert wrong.status_code == 422

    answer = owner.open(to_dutch(wrong.text))

    assert answer.headers["Location"] == f"/setup/{page}"
    assert '<html lang="nl">' in owner.follow(answer).text


def test_who_came_by_a_link_stays_with_it_in_another_language(
    household: Household, visitor: Visitor
) -> None:
    household.add("jack")
    services = household.services
    made = invite("jack", services.consent, services.store.identities, services.now())
    code = link_code(made.id, services.owner_key)

    page = visitor.press("people/jack/connect", token="old", invitation=code)

    assert visitor.open(to_dutch(page.text)).headers["Location"] == f"/setup/i/{code}"


def test_a_page_that_is_not_there_leads_to_today_in_another_language(owner: Visitor) -> None:
    answer = owner.open("no/such/page?a=b&lang=nl")

    assert answer.headers["Location"] == "/setup"


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
