"""What a token endpoint may answer, and who must act then."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from healthrelay.adapters.http import Http
from healthrelay.adapters.oauth2 import OAuth2TokenEndpoint, Registration
from healthrelay.core.errors import (
    ConsentEnded,
    HealthrelayError,
    Misconfigured,
    RateLimited,
    ReconnectNeeded,
    TryLater,
)
from healthrelay.core.grants.authorization import Client, authorize_url, challenge, verifier
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.local.consent_page import allow_page
from sandbox import Sandbox
from tests.adapters.peers import answering, response

pytestmark = pytest.mark.usefixtures("loopback")

REDIRECT = "http://127.0.0.1:9/auth2"
REVOKE = "http://127.0.0.1:9/revoke"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
VERIFIER = verifier("key", "nonce")


def token_endpoint(token_url: str, basic: bool = False) -> OAuth2TokenEndpoint:
    consent = CONSENTS["fitbit" if basic else "google_health"]
    us = Registration(consent, token_url, REVOKE, "cid", REDIRECT, basic, "the-client-secret")
    return OAuth2TokenEndpoint(us, Http(), lambda: NOW)


def at_sandbox(sandbox: Sandbox, provider: str) -> tuple[OAuth2TokenEndpoint, str]:
    """TokenEndpoint at the sandbox, and a code that the wearer has just given."""
    told = {name.removeprefix("HEALTHRELAY_"): value for name, value in sandbox.settings.items()}
    basic = provider == "fitbit"
    token_url = f"{told['FITBIT_API_URL']}/oauth2/token" if basic else told["GOOGLE_TOKEN_URL"]
    revoke_url = f"{told['FITBIT_API_URL']}/oauth2/revoke" if basic else told["GOOGLE_REVOKE_URL"]
    page = told["FITBIT_AUTH_URL" if basic else "GOOGLE_AUTH_URL"]
    client_id, secret = told["CLIENT_ID"], told["CLIENT_SECRET"]
    consent = CONSENTS[provider]
    us = Registration(consent, token_url, revoke_url, client_id, REDIRECT, basic, secret)
    client = Client(page, told["CLIENT_ID"], REDIRECT)
    proof = challenge(VERIFIER)
    back = allow_page(authorize_url(client, list(consent.scopes), "state", proof, consent.extra))
    return OAuth2TokenEndpoint(us, Http(), lambda: NOW), parse_qs(urlsplit(back).query)["code"][0]


def test_google_code_becomes_a_grant(sandbox: Sandbox) -> None:
    ours, code = at_sandbox(sandbox, "google_health")

    grant = ours.exchange(code, VERIFIER)

    assert grant.access
    assert grant.refresh
    assert set(grant.scopes) == set(CONSENTS["google_health"].scopes)
    assert grant.expires_at == NOW + timedelta(seconds=3599)
    sent = parse_qs(sandbox.journal[-1].body)
    assert sent["code_verifier"] == [VERIFIER]
    assert sent["redirect_uri"] == [REDIRECT]
    assert "authorization" not in {name.lower() for name in sandbox.journal[-1].headers}


def test_fitbit_code_becomes_a_grant_with_its_user(sandbox: Sandbox) -> None:
    ours, code = at_sandbox(sandbox, "fitbit")

    grant = ours.exchange(code, VERIFIER)

    assert grant.user == sandbox.wearer.legacy_id
    assert grant.refresh
    headers = {name.lower(): value for name, value in sandbox.journal[-1].headers.items()}
    assert headers["authorization"].startswith("Basic ")
    assert "client_secret" not in sandbox.journal[-1].body


def test_grant_of_an_app_in_testing_knows_its_end(sandbox: Sandbox) -> None:
    sandbox.google.testing = True
    ours, code = at_sandbox(sandbox, "google_health")

    ends = ours.exchange(code, VERIFIER).refresh_expires_at

    assert ends == NOW + timedelta(days=7, seconds=-1)


def test_code_with_another_verifier_is_refused(sandbox: Sandbox) -> None:
    ours, code = at_sandbox(sandbox, "google_health")

    with pytest.raises(ConsentEnded, match="connect again"):
        ours.exchange(code, verifier("key", "another"))


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_refresh_gives_another_access_token(sandbox: Sandbox, provider: str) -> None:
    ours, code = at_sandbox(sandbox, provider)
    first = ours.exchange(code, VERIFIER)

    second = ours.refresh(first.refresh or "")

    assert second.access != first.access
    # Google repeats no refresh token; Fitbit's is single use and comes with each refresh.
    assert (second.refresh is None) == (provider == "google_health")


def test_spent_refresh_token_needs_a_reconnect(sandbox: Sandbox) -> None:
    ours, code = at_sandbox(sandbox, "fitbit")
    first = ours.exchange(code, VERIFIER)
    ours.refresh(first.refresh or "")

    with pytest.raises(ReconnectNeeded):
        ours.refresh(first.refresh or "")


INVALID_GRANT = json.dumps({"error": "invalid_grant", "error_description": "expired"}).encode()
FITBIT_INVALID = json.dumps(
    {"errors": [{"errorType": "invalid_grant", "message": "Refresh token invalid: secret"}]}
).encode()
CLIENT = json.dumps({"error": "invalid_client"}).encode()
SCOPE = json.dumps({"errors": [{"errorType": "invalid_scope"}]}).encode()

NO = [
    (400, INVALID_GRANT, ReconnectNeeded),
    (401, INVALID_GRANT, ReconnectNeeded),
    (400, FITBIT_INVALID, ReconnectNeeded),
    (401, FITBIT_INVALID, ReconnectNeeded),
    (401, CLIENT, Misconfigured),
    (400, SCOPE, Misconfigured),
    (400, b'{"error": "redirect_uri_mismatch"}', Misconfigured),
    (400, b"<html>no</html>", TryLater),
    (400, b'{"error": {"code": 400}}', TryLater),
    (400, b'{"errors": []}', TryLater),
    (410, b"<html>Gone</html>", Misconfigured),
    (429, b"", RateLimited),
    (500, INVALID_GRANT, TryLater),
    (503, b"", TryLater),
    (302, b"", TryLater),
    (200, b"", TryLater),
    (200, b"<html>", TryLater),
    (200, b"[]", TryLater),
    (200, b"[" * 15_000, TryLater),
    (400, b'{"error": ' + b"[" * 15_000, TryLater),
    (200, b'{"token_type": "Bearer"}', TryLater),
]


@pytest.mark.parametrize(("status", "body", "error"), NO)
def test_refused_refresh_says_who_must_act(
    status: int, body: bytes, error: type[HealthrelayError]
) -> None:
    with answering(response(status, body)) as url, pytest.raises(error) as caught:
        token_endpoint(f"{url}/token").refresh("the-refresh-token")

    assert type(caught.value) is error
    assert "secret" not in str(caught.value)
    assert "the-refresh-token" not in str(caught.value)


@pytest.mark.parametrize(("status", "body", "error"), NO)
def test_refused_code_says_who_must_act(
    status: int, body: bytes, error: type[HealthrelayError]
) -> None:
    expected = ConsentEnded if error is ReconnectNeeded else error
    with answering(response(status, body)) as url, pytest.raises(expected) as caught:
        token_endpoint(f"{url}/token").exchange("the-code", VERIFIER)

    assert type(caught.value) is expected
    assert "the-code" not in str(caught.value)


def test_pause_is_as_long_as_asked() -> None:
    with answering(response(429, b"", Retry_After="77")) as url, pytest.raises(RateLimited) as no:
        token_endpoint(url).refresh("r")

    assert no.value.after == 77


def test_silence_at_the_exchange_is_tried_later() -> None:
    with answering() as url, pytest.raises(TryLater):
        token_endpoint(url).exchange("the-code", VERIFIER)


def test_scope_may_come_as_a_list_and_lifetime_may_be_missing() -> None:
    body = json.dumps({"access_token": "a", "scope": ["weight", "sleep"]}).encode()
    with answering(response(200, body)) as url:
        grant = token_endpoint(url, basic=True).refresh("r")

    assert grant.scopes == ("weight", "sleep")
    assert grant.expires_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("access", ["a\r\nX-Added: 1", "a\N{EURO SIGN}", "a\ud800", "a b\x00"])
def test_an_access_token_that_no_header_can_hold_costs_no_login(access: str) -> None:
    body = json.dumps(
        {"access_token": access, "refresh_token": " r2\n", "expires_in": 3599}
    ).encode()
    with answering(response(200, body)) as url:
        grant = token_endpoint(url).refresh("r1")

    assert (grant.access, grant.refresh, grant.expires_at) == ("", "r2", NOW)
    assert "access_token" in grant.odd


@pytest.mark.parametrize("mixed", [b"r\xffx", b"r\x12", b"r\\u0000", "r\N{EURO SIGN}".encode()])
def test_a_refresh_token_with_something_mixed_in_is_none(mixed: bytes) -> None:
    body = b'{"access_token": "a", "refresh_token": "' + mixed + b'"}'
    for answer in (body, body[:-1]):
        with answering(response(200, answer)) as url:
            grant = token_endpoint(url).refresh("r1")
            with pytest.raises(TryLater, match="half of the tokens"):
                token_endpoint(url, basic=True).refresh("r1")

        assert (grant.access, grant.refresh) == ("a", None)


BOTH = b'{"access_token": "a", "refresh_token": "r2", "expires_in": 3599'
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"


@pytest.mark.parametrize("basic", [True, False])
def test_tokens_in_an_answer_that_was_cut_are_kept(basic: bool) -> None:
    with answering(CUT + BOTH) as url:
        ours = token_endpoint(url, basic)
        for grant in (ours.refresh("r1"), ours.exchange("the-code", VERIFIER)):
            assert (grant.access, grant.refresh, grant.odd) == ("a", "r2", ("body",))


def test_half_of_the_tokens_is_asked_for_again_where_they_work_once() -> None:
    with answering(CUT + BOTH[:40]) as url:
        assert token_endpoint(url).refresh("r1").access == "a"
        with pytest.raises(TryLater, match="half of the tokens"):
            token_endpoint(url, basic=True).refresh("r1")


def test_registration_does_not_print_its_secret() -> None:
    printed = repr(
        Registration(CONSENTS["fitbit"], "https://t", "https://r", "cid", REDIRECT, True, "hidden")
    )

    assert "hidden" not in printed
    assert base64.b64encode(b"hidden").decode() not in printed
