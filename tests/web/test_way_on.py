"""The page of every failure on the way to the provider and back has a button that leads on."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urljoin

import pytest
import requests

from healthrelay.core.grants.invitation import Invitation
from healthrelay.flows.grants import rounds
from healthrelay.flows.grants.signed import SignedNotes
from healthrelay.local.consent_page import allow_page
from tests.household import OWNER_KEY, Household
from tests.web.test_auth2 import Browser, is_connected, query_of

SECONDS = 20
CONSENT, SIGN_IN, MAIL = 'name="decision"', 'name="owner_key"', "mailto:?"

Fail = Callable[[Browser], requests.Response]


@pytest.fixture
def browser(household: Household) -> Browser:
    household.add("jack", methods="get_bodyweight")
    return Browser(household)


def press(browser: Browser, page: requests.Response) -> requests.Response:
    """Press the one filled button of *page*, and follow where it leads; of a mail return *page*."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    links = re.findall(r'<a class="button" href="([^"]+)"', main)
    forms = re.findall(r'<form method="post" action="([^"]+)">(.*?)<button>', main)
    assert len(links) + len(forms) == 1, main
    if links and links[0].startswith(MAIL):
        return page
    if links:
        return browser.session.get(urljoin(page.url, html.unescape(links[0])), timeout=SECONDS)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', forms[0][1]))
    return browser.session.post(urljoin(page.url, forms[0][0]), fields, timeout=SECONDS)


def way_on(browser: Browser, page: requests.Response) -> requests.Response:
    """Return where the button leads, and from a page of ours before the provider the next one."""
    answer = press(browser, page)
    return press(browser, answer) if "may we read these?" in answer.text else answer


def denied(browser: Browser) -> requests.Response:
    return browser.back(error="access_denied", state=query_of(browser.begin())["state"])


def without_code(browser: Browser) -> requests.Response:
    return browser.back(state=query_of(browser.begin())["state"])


def nothing_ticked(browser: Browser) -> requests.Response:
    back = browser.allow()
    tokens = {"access_token": "a", "refresh_token": "r", "expires_in": 3599, "scope": "openid"}
    browser.sandbox.fail("/token$", status=200, body=tokens)
    return browser.back(**back)


def provider_in_trouble(browser: Browser) -> requests.Response:
    back = browser.allow()
    browser.sandbox.fail("/token$", status=500)
    return browser.back(**back)


def client_refused(browser: Browser) -> requests.Response:
    back = browser.allow()
    browser.sandbox.fail("/token$", status=401, body={"error": "invalid_client"})
    return browser.back(**back)


def taken_account(browser: Browser) -> requests.Response:
    browser.household.connect("emma", methods="get_bodyweight")
    return browser.back(**query_of(allow_page(browser.begin(), "emma")))


def other_account(browser: Browser) -> requests.Response:
    browser.household.connect("jack")
    browser.household.services.disconnect("jack")
    return browser.back(**query_of(allow_page(browser.begin(), "petra")))


def used_and_disconnected(browser: Browser) -> requests.Response:
    back = browser.allow()
    assert is_connected(browser.back(**back))
    browser.household.services.disconnect("jack")
    return browser.back(**back)


def too_slow(browser: Browser) -> requests.Response:
    services = browser.household.services
    past = services.now() - timedelta(minutes=11)
    invitation = invited(browser)
    round_ = rounds.Round("jack", invitation.scopes, invitation.person, invitation.id)
    begun = rounds.begin(round_, services.client, services.consent, OWNER_KEY, past)
    browser.session.cookies.set(begun.cookie_name, begun.cookie)
    return browser.back(code="c", state=query_of(begun.url)["state"])


def invited(browser: Browser) -> Invitation:
    link = query_of(browser.household.invitation())["invitation"]
    notes = SignedNotes(OWNER_KEY)
    return notes.read_invitation(link, "jack", browser.household.services.now())


def other_browser(browser: Browser) -> requests.Response:
    return Browser(browser.household).back(**browser.allow())


def used_invitation(browser: Browser) -> requests.Response:
    link, other = browser.household.invitation(), Browser(browser.household)
    pages = [one.session.get(link, allow_redirects=False) for one in (browser, other)]
    backs = [query_of(allow_page(page.headers["Location"])) for page in pages]
    assert is_connected(other.back(**backs[1]))
    browser.household.services.disconnect("jack")
    return browser.back(**backs[0])


def old_invitation(browser: Browser) -> requests.Response:
    past = browser.household.services.now() - timedelta(days=8)
    note = SignedNotes(OWNER_KEY).invitation(Invitation("jack", (), "an-id"), past)
    answer = browser.household.get("auth1", {"user": "jack", "invitation": note})
    return browser.household.problem(answer)


def of_nobody(browser: Browser) -> requests.Response:
    back = browser.allow()
    browser.household.services.store.identities.remove("jack")
    return browser.back(**back)


@pytest.mark.parametrize(
    ("fail", "status", "title", "behind"),
    [
        (denied, 200, "Nothing was allowed", CONSENT),
        (nothing_ticked, 200, "Nothing was ticked", CONSENT),
        (without_code, 400, "That did not come to its end", CONSENT),
        (provider_in_trouble, 503, "Google does not answer", CONSENT),
        (client_refused, 502, "Google refuses this healthrelay", MAIL),
        (taken_account, 409, "This account is someone else’s here", CONSENT),
        (other_account, 409, "This is another Google account", CONSENT),
        (used_and_disconnected, 409, "That answer was used before", CONSENT),
        (too_slow, 403, "That took more than ten minutes", CONSENT),
        (other_browser, 403, "Go on in one browser", CONSENT),
        (used_invitation, 403, "This link is not good any more", MAIL),
        (old_invitation, 403, "This link has ended", MAIL),
        (of_nobody, 404, "There is nobody of that name here", SIGN_IN),
    ],
)
def test_a_failure_leads_to_the_next_attempt(
    browser: Browser, fail: Fail, status: int, title: str, behind: str
) -> None:
    page = fail(browser)

    assert (page.status_code, f"<h1>{title}</h1>" in page.text) == (status, True), page.text
    assert behind in way_on(browser, page).text


@pytest.mark.parametrize("fail", [denied, other_browser, too_slow, nothing_ticked])
def test_the_way_on_ends_in_a_connection_in_whatever_browser(browser: Browser, fail: Fail) -> None:
    page = fail(browser)
    # It is opened on another device.
    there = Browser(browser.household)
    consent = way_on(there, there.session.get(page.url, timeout=SECONDS))

    assert is_connected(there.back(**query_of(allow_page(consent.url))))
    assert is_told_that_all_is_well(browser, page)


def is_told_that_all_is_well(browser: Browser, page: requests.Response) -> bool:
    again = browser.session.get(page.url, timeout=SECONDS)
    return (again.status_code, "<h1>Jack is connected already</h1>" in again.text) == (200, True)


@pytest.mark.parametrize("path", ["auth1", "auth1?user=2fit", "auth2", "auth2?state=forged"])
def test_where_nobody_is_known_it_says_what_to_do(browser: Browser, path: str) -> None:
    answer = browser.look(f"{browser.household.url}/{path}")

    assert answer.status_code == 400
    assert press(browser, answer).status_code in (200, 400)


def test_the_case_word_stands_in_the_line_of_the_log(
    browser: Browser, capfd: pytest.CaptureFixture[str]
) -> None:
    page = denied(browser)

    (word,) = re.findall(r"Case ([A-Z0-9]{4}),", page.text)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    of_case = {line["function"]: line.get("cause") for line in lines if line.get("case") == word}
    assert set(of_case) == {"auth2", "setup"}
    assert of_case["auth2"].startswith("ConsentDenied: ")


def test_trouble_of_ours_is_the_owners(browser: Browser) -> None:
    link = browser.household.invitation()
    services = browser.household.services
    client = services.settings.client_id
    services.settings = services.settings._replace(client_id="")

    page = browser.look(link)

    assert (page.status_code, "registered with Google Health" in page.text) == (502, True)
    assert MAIL in page.text
    services.settings = services.settings._replace(client_id=client)
    assert CONSENT in browser.session.get(link, timeout=SECONDS).text


def test_who_is_connected_is_so_already(browser: Browser) -> None:
    back = browser.allow()
    assert is_connected(browser.back(**back))

    for come_back in (lambda: browser.back(**back), lambda: denied(browser)):
        answer = come_back()
        assert (answer.status_code, answer.headers["Location"]) == (303, "/setup/people/jack")
        there = browser.session.get(urljoin(answer.url, answer.headers["Location"]))
        assert "Jack is connected. Nothing was changed." in there.text
    stranger = Browser(browser.household)
    elsewhere = stranger.session.get(denied(stranger).url, timeout=SECONDS)
    assert "<h1>Jack is connected already</h1>" in elsewhere.text
