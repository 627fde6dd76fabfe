"""An invitation is for one person as they are now, and for one consent that connects."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from healthrelay.flows.grants.rounds import invitation_path, invite
from healthrelay.flows.grants.signed import MAX_AHEAD
from healthrelay.local.consent_page import allow_page
from tests.household import OWNER_KEY, Household, run_command

WEIGHT = {"methods": "get_bodyweight"}
NEW_ONE = "ask the owner for a new one"


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
    """Return the last page of the consent that *link* begins, in a browser of its own."""
    with requests.Session() as session:
        return go(session, allow_page(page_of(session, link)))


def exchanges(household: Household) -> int:
    return sum(seen.path.endswith("/token") for seen in household.sandbox.journal)


def test_one_invitation_connects_once(household: Household) -> None:
    link = household.invitation()
    assert consent(link).status_code == 200
    before, count = household.services.store.tokens.load("jack"), exchanges(household)

    again = consent(link)

    assert again.status_code == 403
    assert NEW_ONE in again.text
    # It says what is true of jack, and no code was redeemed.
    assert "Jack is connected" in again.text
    assert "Not connected" not in again.text
    assert exchanges(household) == count
    assert household.services.store.tokens.load("jack") == before
    assert consent(household.invitation()).status_code == 200


def test_a_reusable_one_connects_again(household: Household) -> None:
    link = run_command("invite", "jack", "--reusable").out.strip()
    link = link.replace(household.services.public_url, household.url)

    assert [consent(link).status_code for _ in range(3)] == [200] * 3


@pytest.mark.parametrize("reusable", [False, True])
def test_it_ends_with_the_person(household: Household, reusable: bool) -> None:
    identities = household.services.store.identities
    link = household.services.invitation_link("jack", reusable=reusable)
    run_command("erase", "jack")

    gone = consent(link)
    run_command("user", "add", "jack")
    other = consent(link)

    assert (gone.status_code, other.status_code) == (404, 403)
    for answer in (gone, other):
        assert "ask the owner for a new" in answer.text
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
        run_command("erase", "jack")
        run_command("user", "add", "jack")

        assert go(session, back).status_code == 403
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
        assert go(session, refused).status_code == 403
    other = "https://www.googleapis.com/auth/googlehealth.sleep.readonly"
    tokens = {"access_token": "a", "refresh_token": "r", "expires_in": 3599}
    household.sandbox.fail("/token$", status=200, body=tokens | {"scope": other})
    assert "Nothing was ticked" in consent(link).text
    household.sandbox.fail("/token$", status=503)
    assert consent(link).status_code == 503

    assert consent(link).status_code == 200


def test_a_look_at_the_way_back_takes_no_part_in_it(household: Household) -> None:
    with requests.Session() as session:
        back = allow_page(page_of(session, household.invitation()))

        assert go(session, back, "HEAD").status_code == 405
        assert exchanges(household) == 0
        assert go(session, back).status_code == 200


def test_a_page_that_is_opened_again_says_that_jack_is_connected(household: Household) -> None:
    with requests.Session() as session:
        back = allow_page(page_of(session, household.invitation()))
        assert go(session, back).status_code == 200

        again = go(session, back)

    assert again.status_code == 409
    assert "Jack is connected" in again.text
    assert "Not connected" not in again.text


def test_who_says_no_later_is_still_connected(household: Household) -> None:
    assert consent(household.invitation()).status_code == 200
    with requests.Session() as session:
        state = parse_qs(urlsplit(page_of(session, household.invitation())).query)["state"][0]
        answer = go(session, f"{household.url}/auth2?error=access_denied&state={state}")

    assert "Permission was not given" in answer.text
    assert "Jack is connected" in answer.text


def test_two_browsers_with_one_invitation_connect_once(household: Household) -> None:
    link = household.invitation()
    with requests.Session() as first, requests.Session() as second:
        backs = [allow_page(page_of(one, link)) for one in (first, second)]

        statuses = [
            go(one, back).status_code for one, back in zip((first, second), backs, strict=True)
        ]

    assert statuses == [200, 403]


def test_smaller_question_is_of_the_same_invitation(household: Household) -> None:
    nutrition = "https://www.googleapis.com/auth/googlehealth.nutrition.readonly"
    household.sandbox.google.withdrawn_scopes.add(nutrition)
    household.add("jack", methods="foods_log,get_bodyweight")
    link = household.invitation()
    with requests.Session() as session:
        refused = go(session, page_of(session, link)).headers["Location"]
        smaller = go(session, refused).headers["Location"]
        assert go(session, allow_page(smaller)).status_code == 200

    assert len(household.services.store.identities.invitations("jack").used) == 1


@pytest.mark.parametrize(
    ("ahead", "status", "words"),
    [
        (timedelta(seconds=1), 302, ""),
        (MAX_AHEAD - timedelta(seconds=30), 302, ""),
        (timedelta(days=1), 403, "clock"),
        (-timedelta(days=30), 403, "expired"),
    ],
)
def test_a_clock_may_be_minutes_ahead(
    household: Household, ahead: timedelta, status: int, words: str
) -> None:
    services = household.services
    invitation = invite("jack", services.consent, services.store.identities)
    path = invitation_path(invitation, OWNER_KEY, services.now() + ahead)

    answer = requests.get(f"{household.url}{path}", allow_redirects=False, timeout=20)

    assert answer.status_code == status
    assert words in answer.text
    assert ("expired" in answer.text) == (words == "expired")


def test_who_begins_at_another_name_is_sent_to_the_public_one(household: Household) -> None:
    link = household.invitation()
    with requests.Session() as session:
        first = go(session, link.replace("127.0.0.1", "localhost"))
        assert (first.status_code, first.headers["Location"]) == (302, f"{link}&at=public")
        assert "Set-Cookie" not in first.headers
        answer = go(session, allow_page(page_of(session, first.headers["Location"])))

    assert answer.status_code == 200
    assert "Jack is connected" in answer.text


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

    sent = answer.headers.get("Location") == f"{public_url}/auth1?user=jack&at=public"
    assert sent is elsewhere
    assert answer.status_code == (302 if elsewhere else 401)
    # Whoever stands before us may give us a name of its own: nobody is sent twice.
    again = household.get("auth1", {"user": "jack", "at": "public"}, headers=headers)
    assert again.status_code == 401


def test_who_insists_on_another_name_is_told_the_public_one(household: Household) -> None:
    link = household.invitation().replace("127.0.0.1", "localhost")
    with requests.Session() as session:
        answer = go(session, allow_page(page_of(session, f"{link}&at=public")))

    assert answer.status_code == 403
    assert f"Begin at {household.url}" in answer.text
    assert consent(household.invitation()).status_code == 200
