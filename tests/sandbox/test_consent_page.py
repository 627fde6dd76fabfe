"""Asking the wearer: who may ask, what the page shows, how the answer comes back."""

from __future__ import annotations

import pytest

from tests.sandbox.person import AREAS, FitbitPerson, GooglePerson, answer_of, health


def test_page_shows_wearer_and_a_ticked_box_for_every_scope(google: GooglePerson) -> None:
    page = google.open()
    assert page.status_code == 200
    assert "jack" in page.text
    for scope in health(*AREAS).split():
        assert f'<input type="checkbox" name="scope" value="{scope}" checked>' in page.text
    assert "weight, body fat" in page.text
    assert 'name="decision" value="allow"' in page.text
    assert 'name="decision" value="deny"' in page.text


def test_allow_returns_code_state_and_scope(google: GooglePerson) -> None:
    response = google.decide("allow")
    assert response.headers["Location"].startswith("http://localhost:8080/auth2?code=")
    answer = answer_of(response)
    assert answer["state"] == "s1"
    assert answer["scope"] == health(*AREAS)


def test_fitbit_returns_no_scope_with_the_code(fitbit: FitbitPerson) -> None:
    assert sorted(answer_of(fitbit.decide("allow", prompt="login consent"))) == ["code", "state"]


def test_deny_returns_access_denied(google: GooglePerson) -> None:
    assert answer_of(google.decide("deny")) == {"error": "access_denied", "state": "s1"}


def test_nothing_ticked_is_a_denial(google: GooglePerson) -> None:
    assert answer_of(google.decide("allow", scopes=[]))["error"] == "access_denied"


def test_unticked_scopes_are_not_granted(google: GooglePerson) -> None:
    scope = health("settings")
    code = answer_of(google.decide("allow", scopes=[scope]))["code"]
    assert google.exchange(code).json()["scope"] == scope


def test_a_scope_that_was_not_asked_for_cannot_be_ticked(google: GooglePerson) -> None:
    asked, smuggled = health("settings"), health("sleep")
    answer = answer_of(google.decide("allow", scopes=[asked, smuggled], scope=asked))
    assert answer["scope"] == asked


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "somebody"},
        {"redirect_uri": "http://localhost:8080/elsewhere"},
        {"redirect_uri": "http://192.168.1.4/auth2"},
        {"redirect_uri": "http://localhost:8080/auth2#there"},
        {"redirect_uri": "http://somebody@localhost:8080/auth2"},
        {"redirect_uri": "javascript:/auth2"},
        {"redirect_uri": ""},
    ],
)
def test_wrong_client_or_address_is_shown_and_never_redirected(
    google: GooglePerson, change: dict[str, str]
) -> None:
    response = google.open(**change)
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert "Access blocked" in response.text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": health("weight")}, "invalid_scope"),
        ({"scope": ""}, "invalid_request"),
        ({"access_type": "sometimes"}, "invalid_request"),
        ({"prompt": "please"}, "invalid_request"),
        ({"code_challenge": "a" * 43}, "invalid_request"),
        ({"code_challenge": "a" * 43, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
    ],
)
def test_other_errors_go_back_to_the_application(
    google: GooglePerson, change: dict[str, str], error: str
) -> None:
    assert answer_of(google.open(**change)) == {"error": error, "state": "s1"}


def test_a_withdrawn_scope_is_invalid(google: GooglePerson) -> None:
    nutrition = health("nutrition")
    assert google.open(scope=nutrition).status_code == 200
    google.sandbox.google.withdrawn_scopes.add(nutrition)
    assert answer_of(google.open(scope=nutrition))["error"] == "invalid_scope"


def test_fitbit_knows_its_own_scopes_only(fitbit: FitbitPerson) -> None:
    assert fitbit.open().status_code == 200
    assert answer_of(fitbit.open(scope=health("sleep")))["error"] == "invalid_scope"


def test_what_the_address_says_is_shown_escaped(google: GooglePerson) -> None:
    page = google.open(state='"><script>alert(1)</script>')
    assert "<script>" not in page.text
