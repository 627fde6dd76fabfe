"""An invitation is for one person as they are now, and for one consent that connects."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from healthrelay.flows.grants.links import invitation_path, invite
from healthrelay.flows.grants.signed import MAX_AHEAD
from healthrelay.local.consent_page import allow_page
from tests.household import OWNER_KEY, Household, run_command
from tests.web.test_auth2 import is_connected

WEIGHT = {"methods": "get_bodyweight"}
NEW_ONE = "Ask whoever sent it for a new one"


@pytest.fixture(autouse=True)
def _jack(household: Household) -> None:
    household.add("jack", **WEIGHT)


def go(session: requests.Session, url: str, method: str = "GET") -> requests.Response:
    return session.request(method, url, allow_redirects=False, timeout=20)


def page_of(session: requests.Session, link: str) -> str:
    """Return the address of the consent page to which *link* leads."""
    begun = go(session, link)
    assert begun.status_code == 302, begun.text
    return begun.headers["Location"]


def consent(link: str) -> requests.Response:
    """Return the end of the consent that *link* begins, in a browser of its own."""
    with requests.Session() as session:
        return come_back(session, allow_page(page_of(session, link)))


def come_back(session: requests.Session, back: str) -> requests.Response:
    """Return where ``auth2`` leads to; of a failure its page, as a stranger sees it."""
    answer = go(session, back)
    place = answer.headers.get("Refresh", "").partition("url=")[2]
    return requests.get(place, timeout=20) if place else answer


def exchanges(household: Household) -> int:
    return sum(seen.path.endswith("/token") for seen in household.sandbox.journal)


def test_one_invitation_connects_once(household: Household) -> None:
    link = household.invitation()
    assert is_connected(consent(link))
    before, count = household.services.store.tokens.load("jack"), exchanges(household)

    again = consent(link)

    # It says what is true of jack, and no code was redeemed.
    assert "Jack is connected already" in again.text
    assert "Not connected" not in again.text
    assert exchanges(household) == count
    assert household.services.store.tokens.load("jack") == before
    household.services.disconnect("jack")
    refused = consent(link)
    assert (refused.status_code, NEW_ONE in refused.text) == (403, True)
    assert is_connected(consent(household.invitation()))


def test_a_reusable_one_connects_again(household: Household) -> None:
    link = run_command("invite", "jack", "--reusable").out.strip()
    link = link.replace(household.services.public_url, household.url)

    assert all(is_connected(consent(link)) for _ in range(3))


@pytest.mark.parametrize("reusable", [False, True])
def test_it_ends_with_the_person(household: Household, reusable: bool) -> None:
    identities = household.services.store.identities
    link = household.services.invitation_link("jack", reusable=reusable)
    run_command("erase", "jack", "--yes")

    gone = consent(link)
    run_command("user", "add", "jack")
    other = consent(link)

    assert (gone.status_code, other.status_code) == (404, 403)
    assert "There is nobody of that name here" in gone.text
    assert NEW_ONE in other.text
    assert exchanges(household) == 0
    assert household.services.store.tokens.load("jack") is None
    assert identities.invitations("jack").used == {}


def test_a_consent_of_the_owner_ends_with_the_person(household: Household) -> None:
    with requests.Session() as session:
        begun = session.get(
            f"{household.url}/auth1?user=jack",
            headers={"Authorization": f"Bearer {OWNER_KEY}"},
            allow_redirects=False,
            timeout=20,
        )
        back = allow_page(begun.headers["Location"])
        run_command("erase", "jack", "--yes")
        run_command("user", "add", "jack")

        assert come_back(session, back).status_code == 403
    assert exchanges(household) == 0


def test_looking_and_saying_no_use_nothing_up(household: Household) -> None:
    link = household.invitation()
    with requests.Session() as session:
        for method in ("HEAD", "GET", "HEAD"):
            assert go(session, link, method).status_code == 302
        page = page_of(session, link)
        refused = requests.post(
            page, data={"decision": "deny"}, allow_redirects=False, timeout=20
        ).headers["Location"]
        assert "Nothing was allowed" in come_back(session, refused).text
    other = "https://www.googleapis.com/auth/googlehealth.sleep.readonly"
    tokens = {"access_token": "a", "refresh_token": "r", "expires_in": 3599}
    household.sandbox.fail("/token$", status=200, body=tokens | {"scope": other})
    assert "Nothing was ticked" in consent(link).text
    household.sandbox.fail("/token$", status=503)
    assert consent(link).status_code == 503

    assert is_connected(consent(link))


def test_a_look_at_the_way_back_takes_no_part_in_it(household: Household) -> None:
    with requests.Session() as session:
        back = allow_page(page_of(session, household.invitation()))

        assert go(session, back, "HEAD").status_code == 405
        assert exchanges(household) == 0
        assert is_connected(go(session, back))


def test_a_page_that_is_opened_again_says_that_jack_is_connected(household: Household) -> None:
    with requests.Session() as session:
        back = allow_page(page_of(session, household.invitation()))
        assert is_connected(go(session, back))

        again = come_back(session, back)

    assert again.status_code == 200
    assert "Jack is connected already" in again.text
    assert "Not connected" not in again.text


def test_who_says_no_later_is_still_connected(household: Household) -> None:
    assert is_connected(consent(household.invitation()))
    with requests.Session() as session:
        state = parse_qs(urlsplit(page_of(session, household.invitation())).query)["state"][0]
        answer = come_back(session, f"{household.url}/auth2?error=access_denied&state={state}")

    assert "Jack is connected already" in answer.text


def test_two_browsers_with_one_invitation_connect_once(household: Household) -> None:
    link = household.invitation()
    with requests.Session() as first, requests.Session() as second:
        backs = [allow_page(page_of(one, link)) for one in (first, second)]

        ends = [come_back(one, back) for one, back in zip((first, second), backs, strict=True)]

    assert [is_connected(end) for end in ends] == [True, False]
    assert "Jack is connected already" in ends[1].text


def test_smaller_question_is_of_the_same_invitation(household: Household) -> None:
    nutrition = "https://www.googleapis.com/auth/googlehealth.nutrition.readonly"
    household.sandbox.google.withdrawn_scopes.add(nutrition)
    household.add("jack", methods="foods_log,get_bodyweight")
    link = household.invitation()
    with requests.Session() as session:
        refused = go(session, page_of(session, link)).headers["Location"]
        smaller = go(session, refused).headers["Location"]
        assert is_connected(go(session, allow_page(smaller)))

    assert len(household.services.store.identities.invitations("jack").used) == 1


@pytest.mark.parametrize(
    ("ahead", "status", "words"),
    [
        (timedelta(seconds=1), 302, ""),
        (MAX_AHEAD - timedelta(seconds=30), 302, ""),
        (timedelta(days=1), 400, "clock"),
        (-timedelta(days=30), 403, "It worked until Thursday 5 November"),
    ],
)
def test_a_clock_may_be_minutes_ahead(
    household: Household, ahead: timedelta, status: int, words: str
) -> None:
    services = household.services
    identities, now = services.store.identities, services.now()
    invitation = invite("jack", services.consent, identities, now)
    path = invitation_path(invitation, OWNER_KEY, now + ahead)

    answer = requests.get(f"{household.url}{path}", allow_redirects=False, timeout=20)

    answer = answer if status == 302 else household.problem(answer)
    assert answer.status_code == status
    assert words in answer.text
    assert ("clock" in answer.text) == (words == "clock")


def test_who_begins_at_another_name_is_sent_to_the_public_one(household: Household) -> None:
    link = household.invitation()
    with requests.Session() as session:
        mistaken = f"{link}&owner_key={OWNER_KEY}"
        first = go(session, mistaken.replace("127.0.0.1", "localhost"))
        assert (first.status_code, first.headers["Location"]) == (302, f"{link}&at=public")
        assert "Set-Cookie" not in first.headers
        answer = go(session, allow_page(page_of(session, first.headers["Location"])))

    assert is_connected(answer)


@pytest.mark.parametrize(
    ("public_url", "headers", "elsewhere"),
    [
        ("https://relay.example", {"Host": "relay.example"}, False),
        ("https://relay.example", {"Host": "Relay.Example:443"}, False),
        ("https://relay.example:8443/health", {"Host": "relay.example"}, False),
        ("https://relay.example", {"Host": "auth1-1a2b3c-ew.a.run.app"}, True),
        ("https://relay.example", {"Host": "relay.example.evil"}, True),
        ("https://relay.example", {"Host": "[::1"}, True),
        ("https://relay.example", {"Host": ""}, True),
        ("http://[::1]:8080", {"Host": "[::1]:9090"}, False),
        ("http://localhost:8080", {"Host": "127.0.0.1:8080"}, True),
        ("https://relay.example", {"Host": "relay.example", "X-Forwarded-Proto": "http"}, True),
        ("https://relay.example", {"Host": "relay.example", "X-Forwarded-Proto": "https"}, False),
        ("http://127.0.0.1:8080", {"Host": "127.0.0.1", "X-Forwarded-Proto": "http"}, False),
    ],
)
def test_a_name_is_another_where_a_cookie_would_be(
    household: Household, public_url: str, headers: dict[str, str], elsewhere: bool
) -> None:
    household.services.public_url = public_url

    answer = household.get("auth1", {"user": "jack"}, headers=headers)

    public, page = "auth1?user=jack&at=public", "setup/people/jack/connect"
    assert answer.headers["Location"] == f"{public_url}/{public if elsewhere else page}"
    # Whoever stands before us may give us a name of its own: nobody is sent twice.
    again = household.get("auth1", {"user": "jack", "at": "public"}, headers=headers)
    assert again.headers["Location"] == f"{public_url}/{page}"


def test_who_insists_on_another_name_is_told_the_public_one(household: Household) -> None:
    link = household.invitation().replace("127.0.0.1", "localhost")
    with requests.Session() as session:
        answer = come_back(session, allow_page(page_of(session, f"{link}&at=public")))

    assert answer.status_code == 403
    # What stands on its button is an address of the public one.
    assert answer.url.startswith(household.url)
    assert is_connected(consent(household.invitation()))
