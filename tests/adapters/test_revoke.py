"""How a grant is ended at its provider, and who must act when it is not."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from healthrelay.adapters.http import Http
from healthrelay.adapters.oauth2 import OAuth2TokenEndpoint, Registration
from healthrelay.core.errors import HealthrelayError, Misconfigured, ReconnectNeeded, TryLater
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.token import Grant
from sandbox import Sandbox
from tests.adapters.peers import answering, response
from tests.adapters.test_oauth2 import NOW, VERIFIER, at_sandbox

pytestmark = pytest.mark.usefixtures("loopback")

GRANT = Grant("the-access", "the-refresh", datetime(2026, 11, 1, tzinfo=UTC), ("weight",))


def token_endpoint(revoke_url: str, basic: bool = False) -> OAuth2TokenEndpoint:
    us = Registration(
        CONSENTS["fitbit"], "http://127.0.0.1:9", revoke_url, "cid", "", basic, "our-secret"
    )
    return OAuth2TokenEndpoint(us, Http(), lambda: NOW)


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_an_ended_grant_is_dead_and_may_be_ended_again(sandbox: Sandbox, provider: str) -> None:
    ours, code = at_sandbox(sandbox, provider)
    grant = ours.exchange(code, VERIFIER)
    fresh = ours.refresh(grant.refresh or "")
    newest = fresh if fresh.refresh else grant

    ours.revoke(newest)

    sent = sandbox.journal[-1]
    assert (sent.method, parse_qs(sent.body)) == ("POST", {"token": [newest.refresh]})
    basic = sent.headers.get("Authorization", "").removeprefix("Basic ")
    named = provider == "fitbit"
    assert base64.b64decode(basic).startswith(b"sandbox") if named else basic == ""
    with pytest.raises(ReconnectNeeded):
        ours.refresh(newest.refresh or "")
    ours.revoke(newest)


def test_success_is_the_status_whatever_the_body_is() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") as url:
        token_endpoint(url).revoke(GRANT)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"{}"),
        (400, b'{"error":"invalid_token","error_description":"Token expired or revoked"}'),
        (401, b'{"errors":[{"errorType":"invalid_token","message":"x"}],"success":false}'),
    ],
)
def test_what_counts_as_ended(status: int, body: bytes) -> None:
    with answering(response(status, body)) as url:
        token_endpoint(url).revoke(GRANT)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"error":"unsupported_token_type"}', Misconfigured),
        (401, b'{"errors":[{"errorType":"invalid_client"}]}', Misconfigured),
        (410, b"<html>Gone</html>", Misconfigured),
        (400, b"<html>Sign in to this network</html>", TryLater),
        (302, b"", TryLater),
        (429, b"", TryLater),
        (500, b"", TryLater),
        (503, b'{"error":"invalid_token"}', TryLater),
    ],
)
def test_anything_else_may_still_be_alive(
    status: int, body: bytes, kind: type[HealthrelayError]
) -> None:
    with answering(response(status, body)) as url, pytest.raises(kind) as caught:
        token_endpoint(url, basic=True).revoke(GRANT)

    assert not any(word in str(caught.value) for word in ("the-refresh", "our-secret"))


def test_without_a_refresh_token_the_access_token_is_named(sandbox: Sandbox) -> None:
    ours, code = at_sandbox(sandbox, "google_health")
    grant = ours.exchange(code, VERIFIER)

    ours.revoke(grant._replace(refresh=None))

    assert parse_qs(sandbox.journal[-1].body) == {"token": [grant.access]}


def test_nobody_there_is_a_passing_trouble() -> None:
    with pytest.raises(TryLater):
        token_endpoint("http://127.0.0.1:9/revoke").revoke(GRANT)
