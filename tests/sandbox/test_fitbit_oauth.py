"""Fitbit's token and revocation endpoints."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import requests

from tests.sandbox.conftest import Clock
from tests.sandbox.person import CHALLENGE, VERIFIER, FitbitPerson, fault_of


def test_token_answer(fitbit: FitbitPerson) -> None:
    answer = fitbit.connect()
    assert answer["user_id"] == "A1B2C3"
    assert answer["expires_in"] == 28800
    assert answer["scope"] == "weight activity profile settings"
    assert answer["token_type"] == "Bearer"


def test_refresh_token_is_good_once(fitbit: FitbitPerson) -> None:
    old = fitbit.connect()
    new = fitbit.refresh(old["refresh_token"]).json()
    assert new["refresh_token"] != old["refresh_token"]
    assert fault_of(fitbit.refresh(old["refresh_token"])) == (400, "invalid_grant")
    assert fitbit.get("profile.json", new["access_token"]).status_code == 200
    assert fault_of(fitbit.get("profile.json", old["access_token"])) == (401, "invalid_token")


def test_in_grace_the_same_token_gets_the_same_answer(fitbit: FitbitPerson, clock: Clock) -> None:
    fitbit.sandbox.fitbit.grace = 120
    old = fitbit.connect()["refresh_token"]
    first = fitbit.refresh(old).json()
    clock.now += 119
    assert fitbit.refresh(old).json() == first
    clock.now += 1
    assert fault_of(fitbit.refresh(old)) == (400, "invalid_grant")


def test_of_two_refreshes_at_once_one_wins(fitbit: FitbitPerson) -> None:
    old = fitbit.connect()["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        codes = [r.status_code for r in pool.map(fitbit.refresh, [old] * 8)]
    assert sorted(codes) == [200] + [400] * 7


def test_a_new_consent_replaces_the_old_pair(fitbit: FitbitPerson) -> None:
    old = fitbit.connect()
    fitbit.connect()
    assert fault_of(fitbit.refresh(old["refresh_token"])) == (400, "invalid_grant")


def test_client_must_come_as_basic(fitbit: FitbitPerson) -> None:
    url = f"{fitbit.settings['HEALTHRELAY_FITBIT_API_URL']}/oauth2/token"
    names, values = ("client_id", "client_secret"), fitbit.client
    form = {"grant_type": "refresh_token", "refresh_token": fitbit.connect()["refresh_token"]}
    in_body = requests.post(url, data=form | dict(zip(names, values, strict=True)), timeout=5)
    assert fault_of(in_body) == (401, "invalid_client")
    wrong = requests.post(url, data=form, auth=(values[0], "guess"), timeout=5)
    assert fault_of(wrong) == (401, "invalid_client")
    assert requests.post(url, data=form, auth=values, timeout=5).status_code == 200


def test_wrong_exchanges(fitbit: FitbitPerson) -> None:
    code = fitbit.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    elsewhere = fitbit.exchange(code, redirect_uri="http://127.0.0.1:8080/auth2")
    assert fault_of(elsewhere) == (400, "invalid_grant")
    assert fault_of(fitbit.exchange(code)) == (400, "invalid_grant")
    assert fitbit.exchange(code, code_verifier=VERIFIER).status_code == 200
    assert fault_of(fitbit.exchange(code, code_verifier=VERIFIER)) == (400, "invalid_grant")
    assert fault_of(fitbit.post_token(grant_type="magic")) == (400, "unsupported_grant_type")
    assert fault_of(fitbit.post_token()) == (400, "invalid_request")


def test_revoking_kills_the_grant(fitbit: FitbitPerson) -> None:
    tokens = fitbit.connect()
    url = f"{fitbit.settings['HEALTHRELAY_FITBIT_API_URL']}/oauth2/revoke"
    form = {"token": tokens["access_token"]}
    assert fault_of(requests.post(url, data=form, timeout=5)) == (401, "invalid_client")
    assert requests.post(url, data=form, auth=fitbit.client, timeout=5).status_code == 200
    assert fault_of(fitbit.get("profile.json", tokens["access_token"])) == (401, "invalid_token")
    assert fault_of(fitbit.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


def test_expired_access_token(fitbit: FitbitPerson, clock: Clock) -> None:
    token = fitbit.connect()["access_token"]
    clock.now += 28800
    assert fault_of(fitbit.get("profile.json", token)) == (401, "expired_token")


def test_gone_is_gone_everywhere(fitbit: FitbitPerson) -> None:
    tokens = fitbit.connect()
    fitbit.sandbox.fitbit.gone = True
    for answer in (
        fitbit.get("profile.json", tokens["access_token"]),
        fitbit.refresh(tokens["refresh_token"]),
        fitbit.open(),
    ):
        assert answer.status_code == 410
        assert answer.headers["Content-Type"].startswith("text/html")
    fitbit.sandbox.fitbit.gone = False
    assert fitbit.refresh(tokens["refresh_token"]).status_code == 200
