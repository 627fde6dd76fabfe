"""The page of every failure has a button, and the button leads on."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urljoin

import pytest
import requests

from healthrelay.core.grants.invitations import Invitation
from healthrelay.flows.grants import rounds
from healthrelay.flows.grants.signed import SignedNotes
from healthrelay.local.consent_page import allow_page
from tests.household import OWNER_KEY, Household
from tests.web.test_auth2 import Browser, query_of

SECONDS = 20
CONSENT, OWNER_KEY_FIELD, NAME_FIELD = 'name="decision"', 'name="owner_key"', 'name="user"'

Fail = Callable[[Browser], requests.Response]


@pytest.fixture
def browser(household: Household) -> Browser:
    household.add("jack", methods="get_bodyweight")
    return Browser(household)


def page_behind(browser: Browser, answer: requests.Response) -> str:
    """Return the page to which the one button of *answer* leads."""
    links = re.findall(r'<a class="button" role="button" href="([^"]+)"', answer.text)
    (address,) = map(html.unescape, links)
    return browser.session.get(urljoin(answer.url, address), timeout=SECONDS).text


def denied(browser: Browser) -> requests.Response:
    return browser.back(error="access_denied", state=query_of(browser.begin())["state"])


def without_code(browser: Browser) -> requests.Response:
    return browser.back(state=query_of(browser.begin())["state"])


def provider_in_trouble(browser: Browser) -> requests.Response:
    back = browser.allow()
    browser.sandbox.fail("/token$", status=500)
    return browser.back(**back)


def used(browser: Browser) -> requests.Response:
    back = browser.allow()
    assert browser.back(**back).status_code == 200
    browser.household.services.disconnect("jack")
    return browser.back(**back)


def expired(browser: Browser) -> requests.Response:
    services = browser.household.services
    past = services.now() - timedelta(minutes=11)
    begun = rounds.begin(
        rounds.Round("jack", ()), services.client, services.consent, OWNER_KEY, past
    )
    browser.session.cookies.set(begun.cookie_name, begun.cookie)
    return browser.back(code="c", state=query_of(begun.url)["state"])


def other_browser(browser: Browser) -> requests.Response:
    return Browser(browser.household).back(**browser.allow())


def used_invitation(browser: Browser) -> requests.Response:
    link, other = browser.household.invitation(), Browser(browser.household)
    backs = [
        query_of(
            allow_page(
                one.session.get(link, allow_redirects=False, timeout=SECONDS).headers["Location"]
            )
        )
        for one in (browser, other)
    ]
    assert other.back(**backs[1]).status_code == 200
    return browser.back(**backs[0])


def old_invitation(browser: Browser) -> requests.Response:
    past = browser.household.services.now() - timedelta(days=8)
    note = SignedNotes(OWNER_KEY).invitation(Invitation("jack", (), "an-id"), past)
    return browser.household.get("auth1", {"user": "jack", "invitation": note})


def wrong_owner_key(browser: Browser) -> requests.Response:
    url = f"{browser.household.url}/auth1?user=jack"
    return browser.session.post(url, data={"owner_key": "a guess"}, timeout=SECONDS)


@pytest.mark.parametrize(
    ("fail", "behind"),
    [
        (denied, CONSENT),
        (without_code, CONSENT),
        (provider_in_trouble, CONSENT),
        (used, OWNER_KEY_FIELD),
        (expired, OWNER_KEY_FIELD),
        (other_browser, OWNER_KEY_FIELD),
        (used_invitation, OWNER_KEY_FIELD),
        (old_invitation, OWNER_KEY_FIELD),
        (wrong_owner_key, OWNER_KEY_FIELD),
    ],
)
def test_a_failure_leads_to_the_next_attempt(browser: Browser, fail: Fail, behind: str) -> None:
    answer = fail(browser)

    assert 400 <= answer.status_code < 600
    assert ("Not connected" in answer.text) != (fail is used_invitation)
    assert behind in page_behind(browser, answer)


@pytest.mark.parametrize("fail", [denied, without_code])
def test_the_way_on_ends_in_a_connection(browser: Browser, fail: Fail) -> None:
    answer = fail(browser)
    (address,) = re.findall(r'role="button" href="([^"]+)"', answer.text)

    done = browser.back(**query_of(allow_page(html.unescape(address))))

    assert (done.status_code, "Jack is connected" in done.text) == (200, True)


@pytest.mark.parametrize("path", ["auth1", "auth1?user=2fit", "auth2", "auth2?state=forged"])
def test_where_nobody_is_known_the_page_asks_who(browser: Browser, path: str) -> None:
    answer = browser.session.get(f"{browser.household.url}/{path}", timeout=SECONDS)

    assert (answer.status_code, NAME_FIELD in answer.text) == (400, True)
    assert '<form action="auth1">' in answer.text
    asked = browser.household.get("auth1", {"user": "jack", "at": "form"})
    assert (asked.status_code, "Location" in asked.headers) == (200, False)
    assert 'content="0; url=?user=jack"' in asked.text


def test_trouble_of_ours_is_tried_again_with_the_same_invitation(browser: Browser) -> None:
    link = browser.household.invitation()
    client = browser.household.services.settings.client_id
    browser.household.services.settings = browser.household.services.settings._replace(client_id="")

    answer = browser.session.get(link, timeout=SECONDS)

    assert (answer.status_code, "not registered" in answer.text) == (500, True)
    browser.household.services.settings = browser.household.services.settings._replace(
        client_id=client
    )
    assert CONSENT in page_behind(browser, answer)


def test_who_is_connected_is_so_already(browser: Browser) -> None:
    back = browser.allow()
    assert browser.back(**back).status_code == 200

    again, refused = browser.back(**back), denied(browser)

    for answer, behind in ((again, OWNER_KEY_FIELD), (refused, CONSENT)):
        assert "<h1>Jack is connected already</h1>" in answer.text
        assert "Not connected" not in answer.text
        assert "nothing is read" not in answer.text
        assert behind in page_behind(browser, answer)
