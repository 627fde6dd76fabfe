"""The provider's front door: its data, given only to whom the strict server's tokens open them.

    with Gateway() as gateway:
        gateway.peer = peer       # an OidcProvider, which needs to know our callback first
        requests.get(f"{gateway.url}/1/user/-/profile.json", headers=…)

Token requests are handed on word for word and noted; so is every answer to them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import requests

from tests.oauth.measurements import FITBIT, GOOGLE
from tests.peers.listening import Listening
from tests.peers.oidc_provider import OidcProvider

AUTHORIZE, TOKEN = "/oauth2/authorize", "/oauth2/token"
_PASSED_ON = ("Authorization", "Content-Type", "Accept")
SECONDS = 30


class Gateway(Listening):
    """Both providers' data behind one port of 127.0.0.1."""

    def __init__(self) -> None:
        self.peer: OidcProvider | None = None
        self.asked: list[dict[str, str]] = []
        """The form of every token request."""
        self.answered: list[dict[str, Any]] = []
        """The answer to each."""
        self.before_data: Callable[[], int] = lambda: 200
        """Called before measurements are given; another status than 200 is all that is given."""
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def secrets(self) -> list[str]:
        """Every access and refresh token that was given out."""
        names = ("access_token", "refresh_token")
        return [answer[name] for answer in self.answered for name in names if name in answer]

    def opens(self, token: str) -> bool:
        """Whether the strict server honours the access token *token*."""
        peer = self._at_work()
        answer = requests.post(
            peer.introspect_url,
            data={"token": token},
            auth=(peer.client_id, peer.client_secret),
            timeout=SECONDS,
        )
        return bool(answer.json().get("active"))

    def token(self, body: bytes, headers: dict[str, str]) -> requests.Response:
        """What the strict server says to a token request."""
        answer = requests.post(
            self._at_work().token_url, data=body, headers=headers, timeout=SECONDS
        )
        with self._lock:
            self.asked.append(dict(parse_qsl(body.decode())))
            self.answered.append(answer.json())
        return answer

    def authorize(self, query: str) -> str:
        """The consent page, which lives at the strict server.

        It has no page on which to choose an account, and would refuse Google's word for that.
        """
        known = query.replace("prompt=select_account+consent", "prompt=consent")
        return f"{self._at_work().authorize_url}?{known}"

    def data(self, path: str, bearer: str) -> tuple[int, object]:
        """Status and JSON for a request of *path*."""
        if not self.opens(bearer):
            return 401, {"errors": [{"errorType": "expired_token"}]}
        known = FITBIT | GOOGLE
        if path not in known:
            return 404, {}
        status = self.before_data() if known[path].measured else 200
        return status, known[path].answer if status == 200 else {}

    def _at_work(self) -> OidcProvider:
        if self.peer is None:
            raise RuntimeError("the gateway has no strict server behind it yet")
        return self.peer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                if path == AUTHORIZE:
                    self.send_response(302)
                    self.send_header("Location", gateway.authorize(query))
                    self.end_headers()
                    return
                bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
                status, answer = gateway.data(path, bearer)
                self.answer(status, json.dumps(answer).encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path != TOKEN:
                    return self.answer(404, b"{}")
                passed = {n: self.headers[n] for n in _PASSED_ON if n in self.headers}
                said = gateway.token(body, passed)
                return self.answer(said.status_code, said.content)

            def answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
