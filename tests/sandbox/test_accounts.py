"""Each name on the consent page is an account of its own, at both providers."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import requests

from healthrelay.local.consent_page import allow_page
from sandbox import Sandbox
from tests.sandbox.conftest import TODAY
from tests.sandbox.person import FitbitPerson, GooglePerson, answer_of


def sign_in(person: GooglePerson | FitbitPerson, account: str) -> dict[str, str]:
    """Consent as *account*; return the token answer."""
    form = {"scope": person.question()["scope"].split(), "decision": "allow", "account": account}
    url, question = person.settings[person.auth_setting], person.question()
    back = requests.post(url, params=question, data=form, allow_redirects=False, timeout=5)
    answer: dict[str, str] = person.exchange(answer_of(back)["code"]).json()
    return answer


def identity(google: GooglePerson, token: str) -> dict[str, str]:
    """Who Google says that it is."""
    answer = google.get("identity", token)
    assert answer.status_code == 200, answer.text
    return {name: value for name, value in answer.json().items() if name != "name"}


def newest_grams(google: GooglePerson, token: str) -> int:
    points = google.points("weight", token).json()["dataPoints"]
    return int(points[0]["weight"]["weightGrams"])


def test_the_page_proposes_jack(google: GooglePerson) -> None:
    assert '<input name="account" value="jack" required>' in google.open().text


def test_the_field_is_filled_in_by_name(google: GooglePerson) -> None:
    page = google.open().url

    for account in ("", "jack", "anna"):
        (code,) = parse_qs(urlsplit(allow_page(page, account)).query)["code"]
        token = google.exchange(code).json()["access_token"]
        expected = google.sandbox.account(account or "jack").health_id
        assert identity(google, token)["healthUserId"] == expected


def test_jack_is_who_he_always_was(google: GooglePerson) -> None:
    for token in (google.connect()["access_token"], sign_in(google, "jack")["access_token"]):
        assert identity(google, token) == {"healthUserId": "111256657788", "legacyUserId": "A1B2C3"}


def test_each_account_has_ids_and_measurements_of_its_own(
    google: GooglePerson, fitbit: FitbitPerson
) -> None:
    ids, legacy, grams = set(), set(), set()
    for name in ("jack", "anna", "bob"):
        token = sign_in(google, name)["access_token"]
        who = identity(google, token)
        ids.add(who["healthUserId"])
        legacy.add(who["legacyUserId"])
        grams.add(newest_grams(google, token))
        assert sign_in(fitbit, name)["user_id"] == who["legacyUserId"]
    assert (len(ids), len(legacy), len(grams)) == (3, 3, 3)


def test_an_account_depends_on_its_name_alone() -> None:
    one, other = Sandbox(today=TODAY).account("anna"), Sandbox(today=TODAY).account("anna")

    assert one is not other
    assert (one.health_id, one.legacy_id) == (other.health_id, other.legacy_id)
    assert one.weights == other.weights
    assert one.days == other.days
    assert one.days != Sandbox(today=TODAY).wearer.days


def test_revoking_ends_the_whole_grant_of_one_account(google: GooglePerson) -> None:
    first, second = sign_in(google, "anna"), sign_in(google, "anna")
    jack = sign_in(google, "jack")

    assert google.revoke(second["access_token"]).status_code == 200

    assert google.refresh(first["refresh_token"]).status_code == 400
    assert google.get("identity", first["access_token"]).status_code == 401
    assert google.refresh(jack["refresh_token"]).status_code == 200
    assert not google.sandbox.honours("anna")
    assert google.sandbox.honours("jack")


def test_a_new_pair_of_fitbit_ends_that_accounts_old_one_only(fitbit: FitbitPerson) -> None:
    jack, anna = sign_in(fitbit, "jack"), sign_in(fitbit, "anna")

    newer = sign_in(fitbit, "anna")

    assert fitbit.refresh(anna["refresh_token"]).status_code == 400
    assert fitbit.refresh(newer["refresh_token"]).status_code == 200
    assert fitbit.refresh(jack["refresh_token"]).status_code == 200
