"""Whatever stands beside the tokens of a good answer, no login is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest

from healthrelay.adapters.http import Http
from healthrelay.adapters.oauth2 import OAuth2TokenEndpoint, Registration
from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.damage import Unusable
from healthrelay.core.errors import Conflict, HealthrelayError, TryLater
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.json import Document, Versioned
from healthrelay.flows.grants.refresh import Grants
from healthrelay.ports.store import Tokens
from tests.flows.grants.issuer import ACCOUNT, NOW, VAULT, Login, grants_of

ODD = (
    "null",
    '""',
    '"x"',
    '"3599.5"',
    '"3600s"',
    '"soon"',
    "-1",
    "0",
    "3599.5",
    "1e400",
    "1e999999999",
    "NaN",
    "-Infinity",
    "9" * 1_000_000,
    "9" * 1_000_000 + ".5",
    "true",
    "[]",
    "[null, 7, {}]",
    "{}",
    "[" * 20_000 + "]" * 20_000,
    '"\\ud800"',
)
"""What a member may be, as JSON or as senders take it for JSON."""
MEMBERS = ("expires_in", "refresh_token_expires_in", "scope", "token_type", "user_id", "more")
BROKEN = (
    "<tokens>, ",
    "<tokens>",
    "<tokens>}trailing",
    '<tokens>, "scope": "a\x01b"}',
    '<tokens>, "scope": "\\x"}',
)
"""What is no JSON as a whole, but has its tokens."""

BODIES = [f'<tokens>, "{member}": {value}}}' for member in MEMBERS for value in ODD]
BODIES += BROKEN


class SingleUse:
    """A token endpoint that takes each code and each refresh token once."""

    def __init__(self) -> None:
        self.body = ""
        self.good = "code-0"
        self._number = 0

    def answer(self, form: dict[str, list[str]]) -> tuple[int, bytes]:
        (sent,) = form.get("refresh_token") or form["code"]
        if sent != self.good:
            return 400, b'{"error": "invalid_grant"}'
        self._number += 1
        self.good = f"refresh-{self._number}"
        tokens = {"access_token": f"access-{self._number}", "refresh_token": self.good}
        written = json.dumps(tokens)[:-1]
        return 200, self.body.replace("<tokens>", written, 1).encode()


@contextmanager
def serving(peer: SingleUse) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            status, body = peer.answer(form)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/token"
        server.shutdown()
        thread.join()


def endpoint_at(url: str, provider: str) -> OAuth2TokenEndpoint:
    us = Registration(
        consent=CONSENTS[provider],
        token_url=url,
        revoke_url=url,
        client_id="cid",
        redirect_uri="http://127.0.0.1:9/auth2",
        basic=provider == "fitbit",
        client_secret="secret",
    )
    return OAuth2TokenEndpoint(us, Http(), lambda: NOW)


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


def test_there_are_enough_of_them() -> None:
    assert len(set(BODIES)) == len(MEMBERS) * len(ODD) + len(BROKEN) > 95


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_no_odd_answer_loses_a_login(provider: str) -> None:
    """Each is the answer to a code, and then to a refresh; the next refresh must succeed."""
    lost = []
    known = tuple(CONSENTS[provider].scopes)
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    peer = SingleUse()
    with serving(peer) as url:
        endpoint = endpoint_at(url, provider)
        grants = grants_of(store, token_endpoint=endpoint)
        for body in BODIES:
            peer.good = "code-0"
            peer.body = body
            try:
                grant = endpoint.exchange("code-0", "v" * 43)
                grants.connect("jack", grant._replace(scopes=known), ACCOUNT, NOW)
                # An hour where the answer says nothing, a year at most.
                later = NOW + timedelta(days=400)
                second = grants.current("jack", later)
                third = grants.renew("jack", second, later)
            except Exception as error:  # noqa: BLE001 - all that are lost are named at the end
                lost.append((body[:60], repr(error)))
                continue
            assert third.grant.refresh == peer.good
            assert set(third.grant.scopes) == set(known), body[:60]
            assert third.account == ACCOUNT
    assert not lost


class BusyTokens:
    """The tokens of a store that somebody else holds, from the refresh on, for so many saves."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.refused: list[HealthrelayError] = []
        self.away: list[HealthrelayError] = []
        self.forget = tokens.forget

    def load(self, user: str) -> Versioned | None:
        if self.away:
            raise self.away.pop()
        return self._tokens.load(user)

    def save(self, user: str, document: Document, expected: int) -> int:
        if self.refused:
            raise self.refused.pop()
        return self._tokens.save(user, document, expected)


HELD = TryLater("The store is held by another program.")
FULL = Unusable("The disk is full.", "Make room.")


@pytest.mark.parametrize(
    ("refused", "away"), [([HELD] * 5, []), ([FULL] * 5, []), ([Conflict("x")], [HELD])]
)
def test_a_store_that_is_held_after_a_refresh_is_tried_again(
    login: Login, refused: list[HealthrelayError], away: list[HealthrelayError]
) -> None:
    tokens = BusyTokens(login.store.tokens)
    grants = Grants("fitbit", tokens, VAULT, login.issuer, sleep=lambda _: None)

    def hold() -> None:
        tokens.refused, tokens.away = [*refused], [*away]

    login.issuer.meanwhile = hold

    assert grants.current("jack", NOW).grant.refresh == "refresh-2"
    assert login.load().grant.refresh == "refresh-2"
    assert login.issuer.asked == ["refresh-1"]


def test_who_waits_for_an_answer_without_an_access_token_reads_nothing_with_it(
    login: Login,
) -> None:
    login.issuer.access = ""
    waiting = login.load()
    with pytest.raises(TryLater):
        login.current()

    with pytest.raises(TryLater, match="the login is kept"):
        login.grants.renew("jack", waiting, NOW)
    assert login.issuer.asked == ["refresh-1"]


def test_a_refresh_token_without_an_access_token_is_kept(login: Login) -> None:
    login.issuer.access = ""

    with pytest.raises(TryLater, match="the login is kept"):
        login.grants.current("jack", NOW)
    login.issuer.access = "access"

    assert login.current(timedelta(hours=1)).grant.refresh == "refresh-3"
    assert login.issuer.asked == ["refresh-1", "refresh-2"]
