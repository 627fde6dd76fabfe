"""A server between healthrelay and the sandbox that bends some of the answers."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any
from urllib.parse import urlsplit

from tests.fuzz import odd
from tests.peers.listening import Listening

SECONDS = 30
TOKENS = re.compile(r"/token$")
_KEPT = ("access_token", "refresh_token")
"""Who loses these in an answer has lost a login, and nobody could keep it."""
_STATUSES = (400, 401, 403, 404, 409, 410, 429, 429, 500, 502, 503, 302, 204, 206, 418, 999)
_OURS = {"connection", "content-length", "server", "date", "transfer-encoding"}


class Bent(Listening):
    """Listens while its block runs; *share* of the answers whose path matches *path* are bent."""

    def __init__(self, upstream: str, random: Random) -> None:
        self._upstream = urlsplit(upstream)
        self._random = random
        self._lock = threading.Lock()
        self.path = re.compile("$^")
        self.share = 0.0
        self.bent: Counter[str] = Counter()
        """Last part of the path → how many of its answers were bent."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def bend(self, path: str, share: float) -> None:
        """From now on bend this share of the answers to what matches *path*."""
        self.path, self.share = re.compile(path), share

    def straighten(self) -> None:
        self.share = 0.0

    def answer(self, path: str, status: int, headers: dict[str, str], body: bytes) -> bytes:
        """Return the whole answer, bent or not, as it goes over the wire."""
        with self._lock:
            if not self.path.search(path) or self._random.random() >= self.share:
                return _wire(status, headers, body)
            self.bent[path.rpartition("/")[2]] += 1
            way = self._random.choice(_TOKEN_WAYS if TOKENS.search(path) else _WAYS)
            return way(self._random, status, headers, body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        bent = self

        class Handler(BaseHTTPRequestHandler):
            def forward(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                answer = bent.ask(self.command, self.path, dict(self.headers), body)
                self.wfile.write(bent.answer(urlsplit(self.path).path, *answer))
                self.close_connection = True

            do_GET = do_POST = forward  # noqa: N815 - names that http.server gives

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Return what the sandbox answers."""
        sent = {n: v for n, v in headers.items() if n.lower() not in ("host", "accept-encoding")}
        host, port = self._upstream.hostname or "", self._upstream.port
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
        try:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            known = {n: v for n, v in answer.getheaders() if n.lower() not in _OURS}
            return answer.status, known, answer.read()
        finally:
            connection.close()


def _wire(status: int, headers: dict[str, str], body: bytes, length: str = "") -> bytes:
    size = length or str(len(body))
    lines = [f"HTTP/1.1 {status} Bent", f"Content-Length: {size}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


Way = Callable[[Random, int, dict[str, str], bytes], bytes]


def _other_values(random: Random, status: int, headers: dict[str, str], body: bytes) -> bytes:
    try:
        payload = json.loads(body)
    except ValueError:
        return _wire(status, headers, odd.spoiled(body, random))
    changed = odd.mutated(payload, random, random.choice((0.002, 0.01, 0.05, 0.3)))
    return _wire(status, headers, odd.json_bytes(changed, random))


def _beside_the_tokens(random: Random, status: int, headers: dict[str, str], body: bytes) -> bytes:
    payload = json.loads(body) if status == 200 else {}
    kept = {name: payload.pop(name) for name in _KEPT if name in payload}
    changed: Any = odd.mutated(payload, random, 0.3)
    changed = changed if isinstance(changed, dict) else {odd.text(random): changed}
    return _wire(status, headers, json.dumps({**changed, **kept}).encode())


def _other_status(random: Random, _status: int, _headers: dict[str, str], body: bytes) -> bytes:
    status = random.choice(_STATUSES)
    plain = {"error": {"code": status, "status": "X", "details": [{"reason": "Y"}]}}
    error = odd.json_bytes(odd.mutated(plain, random, 0.2), random)
    content = random.choice((error, odd.deep(random), b"", b"<html>", body))
    headers = {"Location": "/elsewhere", "Fitbit-Rate-Limit-Reset": random.choice(odd.WAITS)}
    if random.random() < 0.7:
        headers["Retry-After"] = random.choice(odd.WAITS)
    return _wire(status, headers, content)


def _other_bytes(random: Random, status: int, headers: dict[str, str], body: bytes) -> bytes:
    return _wire(status, headers, odd.spoiled(body, random))


def _other_frame(random: Random, status: int, headers: dict[str, str], body: bytes) -> bytes:
    chunked = f"HTTP/1.1 {status} Bent\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    return random.choice((
        b"",
        random.randbytes(100),
        b"HTTP/1.1 200",
        _wire(status, headers, body)[: random.randrange(200)],
        _wire(status, headers, body, str(len(body) + 10)),
        _wire(status, headers, body, random.choice(("x", "-1", odd.DIGITS, "\xb2"))),
        _wire(status, {**headers, "Content-Encoding": "gzip"}, body),
        _wire(status, {**headers, "Content-Encoding": "deflate, gzip, x"}, body),
        _wire(status, {"Content-Type": "a" * 70_000}, body),
        _wire(status, {f"X-{n}": "a" for n in range(200)}, body),
        chunked + b"zz\r\n" + body,
        chunked + b"%x\r\n%s\r\n" % (len(body), body),
        chunked + odd.DIGITS.encode() + b"\r\n",
    ))  # fmt: skip


_BROKEN: tuple[Way, ...] = (_other_status, _other_bytes, _other_frame)
_WAYS: tuple[Way, ...] = (*(_other_values,) * 5, *_BROKEN)
_TOKEN_WAYS: tuple[Way, ...] = (*(_beside_the_tokens,) * 3, *_BROKEN)
