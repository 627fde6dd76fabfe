"""Google's token and revocation endpoints."""

from __future__ import annotations

import pytest
import requests

from tests.sandbox.conftest import Clock
from tests.sandbox.person import AREAS, CHALLENGE, REDIRECT, VERIFIER, GooglePerson, health


def error(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


def test_token_answer(google: GooglePerson) -> None:
    answer = google.connect()
    assert sorted(answer) == ["access_token", "expires_in", "refresh_token", "scope", "token_type"]
    assert answer["expires_in"] == 3599
    assert answer["token_type"] == "Bearer"
    assert answer["scope"] == health(*AREAS)


def test_no_refresh_token_without_offline_access(google: GooglePerson) -> None:
    assert "refresh_token" not in google.connect(access_type="online")


def test_refresh_token_only_on_first_consent_or_when_forced(google: GooglePerson) -> None:
    assert "refresh_token" in google.connect(prompt="")
    assert "refresh_token" not in google.connect(prompt="")
    assert "refresh_token" in google.connect(prompt="select_account consent")


def test_refreshing_keeps_the_refresh_token_good(google: GooglePerson) -> None:
    first = google.connect()
    for _ in range(2):
        second = google.refresh(first["refresh_token"])
        assert second.status_code == 200
        assert "refresh_token" not in second.json()
        assert google.get("identity", second.json()["access_token"]).status_code == 200
    assert google.get("identity", first["access_token"]).status_code == 200


def test_testing_projects_get_refresh_tokens_for_seven_days(
    google: GooglePerson, clock: Clock
) -> None:
    google.sandbox.google.testing = True
    answer = google.connect()
    assert answer["refresh_token_expires_in"] == 604799
    clock.now += 604800
    assert error(google.refresh(answer["refresh_token"])) == (400, "invalid_grant")


def test_credentials_may_come_as_basic(google: GooglePerson) -> None:
    form = {"grant_type": "authorization_code", "code": google.code(), "redirect_uri": REDIRECT}
    url = google.settings["HEALTHRELAY_GOOGLE_TOKEN_URL"]
    assert requests.post(url, data=form, auth=google.client, timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"client_secret": "guess"}, (401, "invalid_client")),
        ({"client_id": "somebody"}, (401, "invalid_client")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"grant_type": ""}, (400, "invalid_request")),
        ({"code": ""}, (400, "invalid_request")),
        ({"code": "4/0Aguess"}, (400, "invalid_grant")),
        ({"redirect_uri": "http://localhost:8080/auth2/auth2"}, (400, "redirect_uri_mismatch")),
        ({"code_verifier": VERIFIER}, (400, "invalid_grant")),
    ],
)
def test_wrong_exchanges(
    google: GooglePerson, form: dict[str, str], expected: tuple[int, str]
) -> None:
    assert error(google.exchange(**{"code": google.code()} | form)) == expected


@pytest.mark.parametrize("verifier", [{}, {"code_verifier": "w" * 64}, {"code_verifier": "v"}])
def test_a_challenge_demands_its_verifier(google: GooglePerson, verifier: dict[str, str]) -> None:
    code = google.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    assert error(google.exchange(code, **verifier)) == (400, "invalid_grant")
    assert google.exchange(code, code_verifier=VERIFIER).status_code == 200


def test_a_code_lives_ten_minutes(google: GooglePerson, clock: Clock) -> None:
    code = google.code()
    clock.now += 600
    assert error(google.exchange(code)) == (400, "invalid_grant")


def test_replaying_a_code_kills_the_tokens_of_its_first_use(google: GooglePerson) -> None:
    code = google.code()
    tokens = google.exchange(code).json()
    assert error(google.exchange(code)) == (400, "invalid_grant")
    assert google.get("identity", tokens["access_token"]).status_code == 401
    assert error(google.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


def test_dead_refresh_token_says_what_google_says(google: GooglePerson) -> None:
    token = google.connect()["refresh_token"]
    google.sandbox.revoke_grants()
    response = google.refresh(token)
    assert response.status_code == 400
    assert response.json() == {
        "error": "invalid_grant",
        "error_description": "Token has been expired or revoked.",
    }


def test_revoking_one_token_revokes_everything(google: GooglePerson) -> None:
    first, second = google.connect(), google.connect()
    answer = google.revoke(first["access_token"])
    assert (answer.status_code, answer.text) == (200, "")
    assert google.get("identity", second["access_token"]).status_code == 401
    assert error(google.refresh(second["refresh_token"])) == (400, "invalid_grant")
    assert error(google.revoke(first["access_token"])) == (400, "invalid_token")
    assert "refresh_token" in google.connect(prompt="")


def test_earlier_scopes_join_when_asked_to(google: GooglePerson) -> None:
    google.connect(scope=health("sleep"))
    answer = google.connect(scope=health("settings"), include_granted_scopes="true")
    assert set(answer["scope"].split()) == set(health("sleep", "settings").split())


def test_refresh_may_narrow_but_not_widen(google: GooglePerson) -> None:
    token = google.connect()["refresh_token"]
    narrow = google.refresh(token, scope=health("settings")).json()["access_token"]
    assert google.get("settings", narrow).status_code == 200
    assert google.get("profile", narrow).status_code == 403
    assert error(google.refresh(token, scope=health("sleep"))) == (400, "invalid_scope")
