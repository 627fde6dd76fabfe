"""``/auth2``: the browser comes back; on any doubt nothing is stored."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from healthrelay.core.grants.consent import CONSENTS
from healthrelay.flows.grants import rounds
from healthrelay.flows.grants.signed import SignedNotes
from healthrelay.local.consent_page import allow_page
from tests.household import OWNER_KEY, SECONDS, Household

BOTH = {"methods": "time_series", "resource": "body/weight,activities/steps"}


class Browser:
    """A person's browser at one household."""

    def __init__(self, household: Household) -> None:
        self.household, self.sandbox = household, household.sandbox
        self.session = requests.Session()

    def begin(self, user: str = "jack") -> str:
        """Go to the consent page; returns its address."""
        answer = self.session.get(
            self.household.invitation(user), allow_redirects=False, timeout=SECONDS
        )
        return answer.headers["Location"]

    def allow(self) -> dict[str, str]:
        """Allow everything; returns the query with which the consent page sends them back."""
        return query_of(allow_page(self.begin()))

    def back(self, **query: str) -> requests.Response:
        """Come back from the consent page with *query*; of a failure return its page."""
        return self.look(f"{self.household.url}/auth2", query)

    def look(self, url: str, query: dict[str, str] | None = None) -> requests.Response:
        """Return the answer at *url*; of a failure the page on which it is shown."""
        answer = self.session.get(url, params=query, allow_redirects=False, timeout=SECONDS)
        place = answer.headers.get("Refresh", "").partition("url=")[2]
        if not place:
            return answer
        return self.session.get(place, allow_redirects=False, timeout=SECONDS)

    def connected(self, **query: str) -> requests.Response:
        """Come back from the consent page with *query*, and return the page behind it."""
        answer = self.back(**query)
        assert is_connected(answer), answer.text
        return self.session.get(answer.headers["Location"], allow_redirects=False, timeout=SECONDS)

    def refused(self, status: int, words: str, **query: str) -> requests.Response:
        """Come back with *query*: it is refused with *words*, and nothing is stored."""
        answer = self.back(**query)
        assert (answer.status_code, words in answer.text) == (status, True), answer.text
        assert self.household.services.store.tokens.load("jack") is None
        return answer


@pytest.fixture
def browser(household: Household) -> Browser:
    household.add("jack", **BOTH)
    return Browser(household)


def is_connected(answer: requests.Response, user: str = "jack") -> bool:
    """Return whether *answer* leads to the page of *user*, who is connected."""
    place = urlsplit(answer.headers.get("Location", "")).path
    return (answer.status_code, place) == (303, f"/setup/people/{user}/connected")


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_consent_is_stored_and_shown(browser: Browser, provider: str) -> None:
    answer = browser.back(**browser.allow())

    assert is_connected(answer)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    place = answer.headers["Location"]
    for _ in range(2):  # it can be loaded again
        page = browser.session.get(place, allow_redirects=False, timeout=SECONDS)
        assert page.status_code == 200
        assert "Jack is connected" in page.text
        assert "Your steps and other activity." in page.text
        assert "time zone" in page.text
        assert "Not allowed" not in page.text
    stored = browser.household.services.store.tokens.load("jack")
    assert stored is not None
    assert stored.document["provider"] == provider


def test_tokens_lie_sealed(browser: Browser) -> None:
    browser.back(**browser.allow())

    services = browser.household.services
    token = services.grants.current("jack", services.now())
    with closing(sqlite3.connect(services.settings.store.path or "")) as connection:
        dump = "\n".join(connection.iterdump())
    assert token.grant.access not in dump
    assert (token.grant.refresh or "?") not in dump
    assert '"sealed":"v1.local.' in dump


def test_part_of_a_consent_is_named(browser: Browser) -> None:
    page = browser.begin()
    scopes = query_of(page)["scope"].split()
    back = _consent(page, [scope for scope in scopes if "activity" not in scope])

    answer = browser.connected(**query_of(back))

    granted, _, withheld = answer.text.partition("Not allowed")
    assert "Your weight, body fat" in granted
    assert "Activity and fitness" in withheld


def _consent(page: str, scopes: list[str], decision: str = "allow") -> str:
    answer = requests.post(
        page,
        data=[*(("scope", scope) for scope in scopes), ("decision", decision)],
        allow_redirects=False,
        timeout=SECONDS,
    )
    return answer.headers["Location"]


def test_a_consent_to_nothing_stores_nothing(browser: Browser) -> None:
    back = browser.allow()
    browser.sandbox.fail(
        "/token$",
        status=200,
        body={"access_token": "a", "refresh_token": "r", "expires_in": 3599, "scope": "openid"},
    )

    browser.refused(200, "Nothing was ticked", **back)


def test_denied_consent_stores_nothing(browser: Browser) -> None:
    back = query_of(_consent(browser.begin(), [], "deny"))

    browser.refused(200, "Nothing was allowed", **back)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"error": "invalid_scope"}, 502, "invalid_scope"),
        ({"error": "<b>call 555</b>"}, 502, "unknown error"),
        ({"code": "made-up"}, 400, "connect again"),
        ({}, 400, "sent no code"),
    ],
)
def test_whoever_comes_back_without_a_good_code_is_refused(
    browser: Browser, query: dict[str, str], status: int, words: str
) -> None:
    state = query_of(browser.begin())["state"]

    answer = browser.refused(status, words, state=state, **query)

    assert ("owner" in answer.text) == (status == 502)
    assert "call 555" not in answer.text
    assert "made-up" not in answer.text


def test_food_that_the_provider_does_not_know_is_left_out(browser: Browser) -> None:
    nutrition = "https://www.googleapis.com/auth/googlehealth.nutrition.readonly"
    browser.sandbox.google.withdrawn_scopes.add(nutrition)
    browser.household.add("jack", methods="foods_log,get_bodyweight")
    first = browser.begin()
    refused = requests.get(first, allow_redirects=False, timeout=SECONDS).headers["Location"]
    assert query_of(refused)["error"] == "invalid_scope"

    second = browser.back(**query_of(refused))

    assert second.status_code == 302
    assert nutrition in query_of(first)["scope"]
    assert nutrition not in query_of(second.headers["Location"])["scope"]
    answer = browser.back(**query_of(allow_page(second.headers["Location"])))
    assert is_connected(answer)
    fetched = browser.household.fetched()
    assert set(fetched["series"]) == {"weight"}
    assert "food and water" in fetched["unavailable"]["foods"]["error"]


def test_wrong_state_is_refused(browser: Browser) -> None:
    back = browser.allow()

    for state in ("", "x", back["state"][:-2] + "AA", back["state"] + "x"):
        browser.refused(400, "The link is incomplete", **(back | {"state": state}))


def test_expired_state_is_refused(browser: Browser) -> None:
    services = browser.household.services
    past = services.now() - timedelta(minutes=10, seconds=2)
    consent = CONSENTS["google_health"]
    asked = rounds.Round("jack", consent.scopes_for(["weight"]))
    begun = rounds.begin(asked, services.client, consent, OWNER_KEY, past)
    browser.session.cookies.set(begun.cookie_name, begun.cookie)

    browser.refused(403, "ten minutes", **query_of(allow_page(begun.url)))


def test_foreign_browser_is_refused(browser: Browser) -> None:
    back = browser.allow()

    stranger = Browser(browser.household)
    stranger.begin()

    stranger.refused(403, "Go on in one browser", **back)
    assert is_connected(browser.back(**back))


def test_used_state_is_refused_and_the_code_not_presented_again(browser: Browser) -> None:
    back = browser.allow()
    assert is_connected(browser.back(**back))
    asked = len([r for r in browser.sandbox.journal if r.path == "/google/token"])

    again = browser.back(**back)

    # Whoever is signed in as jack is led to his page.
    assert (again.status_code, again.headers["Location"]) == (303, "/setup/people/jack")
    assert len([r for r in browser.sandbox.journal if r.path == "/google/token"]) == asked == 1
    assert browser.household.fetch().status_code == 200


def test_consent_without_a_refresh_token_is_refused(browser: Browser) -> None:
    back = browser.allow()
    browser.sandbox.fail("/token$", status=200, body={"access_token": "a", "expires_in": 3599})

    browser.refused(502, "no lasting permission", **back)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [("/token$", 500, 503), ("/token$", 429, 429), ("/token$", 410, 502)],
)
def test_trouble_of_the_provider_is_told_and_stores_nothing(
    browser: Browser, path: str, status: int, said: int
) -> None:
    back = browser.allow()
    browser.sandbox.fail(path, status=status)

    answer = browser.refused(said, "", **back)

    assert ("Retry-After" in answer.headers) == (said in (429, 503))


def test_person_removed_meanwhile_is_not_brought_back(browser: Browser) -> None:
    back = browser.allow()
    browser.household.services.store.identities.remove("jack")

    answer = browser.back(**back)

    assert answer.status_code == 404
    assert browser.household.services.store.identities.names() == []


def test_provider_changed_meanwhile(browser: Browser) -> None:
    note = {"user": "jack", "provider": "fitbit", "nonce": "0" * 32}
    state = SignedNotes(OWNER_KEY).state(note, browser.household.services.now())

    browser.refused(400, "changed meanwhile", state=state, code="x")


def test_two_tabs_do_not_disturb_each_other(browser: Browser) -> None:
    browser.household.add("second")
    first, second = browser.begin("jack"), browser.begin("second")

    assert is_connected(browser.back(**query_of(allow_page(second, "second"))), "second")
    assert is_connected(browser.back(**query_of(allow_page(first))))


def test_reconnecting_replaces_the_grant(browser: Browser) -> None:
    browser.back(**browser.allow())
    services = browser.household.services
    old = services.grants.current("jack", services.now()).grant.access

    browser.back(**browser.allow())

    assert services.grants.current("jack", services.now()).grant.access != old


def test_callback_tolerates_more_than_it_needs(browser: Browser) -> None:
    back = browser.allow() | {"iss": "https://accounts.example", "x": "y"}

    assert is_connected(browser.back(**back))


def test_an_argument_given_twice_is_refused(browser: Browser) -> None:
    back = browser.allow()
    twice = urlencode([*back.items(), ("code", "another")])

    answer = browser.session.get(f"{browser.household.url}/auth2?{twice}", timeout=SECONDS)

    assert answer.status_code == 400
