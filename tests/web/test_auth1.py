"""``/auth1``: who may go to the consent page, and what they take along."""

from __future__ import annotations

from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from healthrelay.core.grants.authorization import challenge, verifier
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.invitation import INVITATION_AGE, Invitation
from healthrelay.flows.grants.links import invitation_path, invite, link_code, pass_for
from healthrelay.flows.grants.signed import SignedNotes
from tests.household import OWNER_KEY, SECONDS, Household


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


def test_stranger_is_led_to_the_page_where_one_signs_in(household: Household) -> None:
    answer = household.get("auth1", {"user": "jack"})

    place = f"{household.url}/setup/people/jack/connect"
    assert (answer.status_code, answer.headers["Location"]) == (303, place)
    assert "Set-Cookie" not in answer.headers
    asked = requests.get(place, timeout=SECONDS)
    assert asked.url == f"{household.url}/setup/sign-in?next=people/jack/connect"
    assert 'name="owner_key"' in asked.text


def test_a_wrong_key_is_no_key(household: Household) -> None:
    answer = household.get("auth1", {"user": "jack"}, "wrong")

    assert (answer.status_code, answer.json()["error"]) == (401, "This is not the owner key.")
    assert "Set-Cookie" not in answer.headers


def test_a_pass_is_for_minutes_and_leads_back_to_its_link(household: Household) -> None:
    services = household.services
    identities, now = services.store.identities, services.now()
    invitation = invite("jack", services.consent, identities, now)
    carried = pass_for("jack", invitation.id, services.consent, identities)
    fresh = invitation_path(carried, OWNER_KEY, now)
    old = invitation_path(carried, OWNER_KEY, now - timedelta(minutes=11))

    assert requests.get(f"{household.url}{fresh}", allow_redirects=False, timeout=SECONDS).ok
    late = requests.get(f"{household.url}{old}", allow_redirects=False, timeout=SECONDS)

    page = household.problem(late)
    assert (page.status_code, "more than ten minutes" in page.text) == (403, True)
    assert f'href="/setup/i/{link_code(invitation.id, OWNER_KEY)}"' in page.text
    # As an invitation for days it is not ours.
    longer = household.url + fresh.replace("pass=", "invitation=")
    forged = household.problem(requests.get(longer, allow_redirects=False, timeout=SECONDS))
    assert forged.status_code == 400


def test_invitation_leads_its_own_user_to_the_consent_page(household: Household) -> None:
    url = household.invitation("jack")

    assert requests.get(url, allow_redirects=False, timeout=SECONDS).status_code == 302
    for_other = url.replace("user=jack", "user=second")
    refused = household.problem(requests.get(for_other, allow_redirects=False, timeout=SECONDS))
    assert refused.status_code == 400
    assert "somebody else" in refused.text


def test_old_and_forged_invitations_are_refused(household: Household) -> None:
    past = household.services.now() - INVITATION_AGE - timedelta(minutes=1)
    invitation = Invitation("jack", (), "an-id")
    old = SignedNotes(OWNER_KEY).invitation(invitation, past)
    forged = SignedNotes("x" * 40).invitation(invitation, household.services.now())
    state = SignedNotes(OWNER_KEY).state({"user": "jack"}, household.services.now())

    cut = (400, "The link is incomplete")
    for note, (status, words) in ((old, (403, "It worked until")), (forged, cut), (state, cut)):
        answer = household.problem(household.get("auth1", {"user": "jack", "invitation": note}))
        assert answer.status_code == status
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

    assert requests.get(link, allow_redirects=False, timeout=SECONDS).status_code == 302

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
    by_link = requests.get(household.invitation(), allow_redirects=False, timeout=SECONDS)

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
