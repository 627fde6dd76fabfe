"""``/auth1``: who may go to the consent page, and what they take along."""

from __future__ import annotations

from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from healthrelay.core.grants.authorization import challenge, verifier
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.invitations import INVITATION_AGE, Invitation
from healthrelay.flows.grants.signed import SignedNotes
from tests.household import OWNER_KEY, Household


@pytest.fixture(autouse=True)
def _jack(household: Household) -> None:
    household.add("jack", methods="get_bodyweight")


def cookies(answer: requests.Response) -> SimpleCookie:
    jar: SimpleCookie = SimpleCookie()
    for header in answer.raw.headers.getlist("Set-Cookie"):
        jar.load(header)
    return jar


def test_owner_key_leads_to_the_consent_page(household: Household) -> None:
    answer = household.get("auth1", {"user": "jack"}, OWNER_KEY)

    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "no-store"
    page, _, to = answer.headers["Location"].partition("?")
    assert page == household.sandbox.settings["HEALTHRELAY_GOOGLE_AUTH_URL"]
    query = {name: values[0] for name, values in parse_qs(to).items()}
    assert query["redirect_uri"] == f"{household.url}/auth2"
    assert query["client_id"] == household.sandbox.settings["HEALTHRELAY_CLIENT_ID"]
    assert (query["access_type"], query["prompt"]) == ("offline", "select_account consent")
    note = SignedNotes(OWNER_KEY).read_state(query["state"], household.services.now())
    assert (note["user"], note["provider"]) == ("jack", "google_health")
    expected = challenge(verifier(OWNER_KEY, note["nonce"]))
    assert (query["code_challenge"], query["code_challenge_method"]) == (expected, "S256")


def test_cookie_binds_the_browser_and_is_no_business_of_scripts(household: Household) -> None:
    (cookie,) = cookies(household.get("auth1", {"user": "jack"}, OWNER_KEY)).values()

    assert cookie.key.startswith("healthrelay-")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == "600"
    assert not cookie["secure"]


def test_every_round_is_another(household: Household) -> None:
    first = household.get("auth1", {"user": "jack"}, OWNER_KEY)
    second = household.get("auth1", {"user": "jack"}, OWNER_KEY)

    assert first.headers["Location"] != second.headers["Location"]
    assert set(cookies(first)) != set(cookies(second))


def test_stranger_gets_the_sign_in_page(household: Household) -> None:
    for key in ("", "wrong"):
        answer = household.get("auth1", {"user": "jack"}, key)
        assert answer.status_code == 401
        assert 'name="owner_key"' in answer.text
        assert "Location" not in answer.headers


def test_owner_signs_in_once_and_is_remembered(household: Household) -> None:
    with requests.Session() as browser:
        url = f"{household.url}/auth1?user=jack"
        signed = browser.post(url, data={"owner_key": OWNER_KEY}, allow_redirects=False, timeout=10)
        assert signed.status_code == 200
        assert 'http-equiv="refresh" content="0; url=?user=jack"' in signed.text

        begun = browser.get(url, allow_redirects=False, timeout=10)

    assert begun.status_code == 302
    assert cookies(signed)["healthrelay-owner"]["httponly"]
    assert OWNER_KEY not in str(signed.headers)


def test_wrong_owner_key_signs_nobody_in(household: Household) -> None:
    answer = requests.post(
        f"{household.url}/auth1?user=jack", data={"owner_key": "wrong"}, timeout=10
    )

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_invitation_leads_its_own_user_to_the_consent_page(household: Household) -> None:
    url = household.invitation("jack")

    assert requests.get(url, allow_redirects=False, timeout=10).status_code == 302
    for_other = url.replace("user=jack", "user=second")
    refused = requests.get(for_other, allow_redirects=False, timeout=10)
    assert refused.status_code == 403
    assert "somebody else" in refused.text


def test_old_and_forged_invitations_are_refused(household: Household) -> None:
    past = household.services.now() - INVITATION_AGE - timedelta(minutes=1)
    invitation = Invitation("jack", (), "an-id")
    old = SignedNotes(OWNER_KEY).invitation(invitation, past)
    forged = SignedNotes("x" * 40).invitation(invitation, household.services.now())
    state = SignedNotes(OWNER_KEY).state({"user": "jack"}, household.services.now())

    for note, words in ((old, "expired"), (forged, "not one that"), (state, "not one that")):
        answer = household.get("auth1", {"user": "jack", "invitation": note})
        assert answer.status_code == 403
        assert words in answer.text


@pytest.mark.parametrize("user", ["", "2fit", "../x", "<script>alert(1)</script>", "a" * 65])
def test_bad_user_names_are_refused(household: Household, user: str) -> None:
    answer = household.get("auth1", {"user": user}, OWNER_KEY)

    assert answer.status_code == 400
    assert "<script>" not in answer.text


@pytest.mark.parametrize("settings", [{"HEALTHRELAY_CLIENT_ID": ""}])
def test_without_a_registration_the_owner_is_told(household: Household) -> None:
    answer = household.get("auth1", {"user": "jack"}, OWNER_KEY)

    assert answer.status_code == 500
    assert "not registered with Google Health yet" in answer.text
    assert "owner" in answer.text


def test_invited_person_needs_no_store(household: Household) -> None:
    link = household.invitation("jack")
    del household.services.store

    assert requests.get(link, allow_redirects=False, timeout=10).status_code == 302

    assert "store" not in vars(household.services)


def asked(answer: requests.Response) -> set[str]:
    return set(parse_qs(urlsplit(answer.headers["Location"]).query)["scope"][0].split())


@pytest.mark.parametrize(
    ("provider", "methods", "scopes"),
    [
        ("fitbit", {"methods": "get_bodyweight"}, {"weight", "profile"}),
        ("fitbit", {"methods": "sleep,get_devices"}, {"sleep", "settings", "profile"}),
        (
            "fitbit",
            {"methods": "time_series", "resource": "activities/heart,foods/log/water"},
            {"heartrate", "nutrition", "profile"},
        ),
    ],
)
def test_what_is_asked_is_what_the_methods_need(
    household: Household, methods: dict[str, str], scopes: set[str]
) -> None:
    household.add("jack", **methods)

    by_owner = household.get("auth1", {"user": "jack"}, OWNER_KEY)
    by_link = requests.get(household.invitation(), allow_redirects=False, timeout=10)

    assert asked(by_owner) == asked(by_link) == scopes


def test_google_is_asked_for_weights_and_the_zone_alone(household: Household) -> None:
    answer = household.get("auth1", {"user": "jack"}, OWNER_KEY)

    words = CONSENTS["google_health"].scopes
    assert {words[scope] for scope in asked(answer)} == {
        "weight, body fat, heart and other measurements",
        "your time zone and devices",
    }


def test_owner_cannot_connect_a_stranger(household: Household) -> None:
    assert household.get("auth1", {"user": "stranger"}, OWNER_KEY).status_code == 404


@pytest.mark.parametrize("settings", [{"HEALTHRELAY_CLIENT_ID": ""}])
def test_registration_may_lie_in_the_store(household: Household) -> None:
    identities = household.services.store.identities
    identities.save_application({"client_id": "from-the-store"}, {})

    answer = household.get("auth1", {"user": "jack"}, OWNER_KEY)

    assert parse_qs(urlsplit(answer.headers["Location"]).query)["client_id"] == ["from-the-store"]
