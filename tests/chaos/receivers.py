"""Receivers that drop, stall, answer everything there is and restart; and what each ends with."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import standardwebhooks

from tests.peers.process import free_port

State = dict[str, dict[str, Any]]

STALL = 0.6
"""Seconds: longer than a sender here waits."""
WEBHOOK_SAYS = (200, 204, 301, 302, 400, 401, 404, 409, 410, 429, 500, 502, 503)
# The table of a real Igor, with the bodies by which its answers differ.
IGOR_SAYS = (
    (200, b"<ref>/data/sensors/fitbit/jack</ref>"),
    (400, b"400 Database Parameter Error: Parent not found: /data/sensors/fitbit"),
    (400, b"400 Bad PUT Request, XPath selects multiple items"),
    (400, b"400 Incorrect signature on key"),
    (401, b"401 Unauthorized"),
    (404, b"404 No shared key found for iss=x, aud=y"),
    (500, b"<html>Internal Server Error</html>"),
    (501, b"501 Database error: 0 users named x"),
    (502, b""),
    (503, b""),
    (504, b""),
)


def follow(state: State, payload: dict[str, Any]) -> None:
    """Do to *state* what an event says."""
    state.update(payload.get("whole", {}))
    for what in ("added", "changed"):
        for series, elements in payload.get(what, {}).items():
            state.setdefault(series, {}).update(elements)
    for series, keys in payload.get("removed", {}).items():
        for key in keys:
            state.get(series, {}).pop(key, None)


class Lenient(standardwebhooks.Webhook):
    """Checks signatures, but not against the time, because the clock is made up."""

    def verify(self, data: Any, headers: Any, *, json_parse: bool = True) -> Any:
        stamp = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        ours = self.sign(headers["webhook-id"], stamp, data.decode())
        if ours not in headers["webhook-signature"].split(" "):
            raise standardwebhooks.WebhookVerificationError("not ours")
        return json.loads(data)


class Receiver:
    """One HTTP server; each request may meet a fault, and faults come in rows.

    What arrives is taken before the answer goes wrong as often as not, as in life.
    """

    def __init__(self, luck: random.Random, longest: int) -> None:
        self.luck = luck
        self.requests = 0
        self.duplicates = 0
        self.healthy = False
        self._longest = longest
        self._row: list[str] = []
        self._lock = threading.Lock()
        self.port = free_port()
        self._server: ThreadingHTTPServer | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, again on the same port."""
        handler = type("Bound", (Handler,), {"receiver": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
        self._server = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def fault(self) -> str:
        """What happens to this request: mostly nothing, but troubles come in rows."""
        with self._lock:
            self.requests += 1
            if self.healthy:
                return ""
            if not self._row and self.luck.random() < 0.01:
                kind = self.luck.choice(["drop", "answer", "answer", "answer", "stall"])
                length = 1 if kind == "stall" else self.luck.randint(1, self._longest)
                self._row = [kind] * length
            return self._row.pop() if self._row else ""

    def take(self, headers: dict[str, str], body: bytes) -> None:
        """Have the effect of a request."""

    def answer(self) -> tuple[int, bytes]:
        """Any answer there is."""
        return self.luck.choice(WEBHOOK_SAYS), b"any"


class WebhookReceiver(Receiver):
    """Checks signatures, drops what it has by ``webhook-id``, and keeps the rest in order."""

    def __init__(self, luck: random.Random, longest: int) -> None:
        super().__init__(luck, longest)
        self.checks: standardwebhooks.Webhook | None = None
        self.state: State = {}
        self.sequences: list[int] = []
        self._ids: set[str] = set()

    def take(self, headers: dict[str, str], body: bytes) -> None:
        assert self.checks is not None
        payload = self.checks.verify(body, headers)
        if headers["webhook-id"] in self._ids:
            self.duplicates += 1
            return
        self._ids.add(headers["webhook-id"])
        self.sequences.append(payload["data"]["sequence"])
        follow(self.state, payload["data"])


class IgorReceiver(Receiver):
    """Replaces what it has by what is put, and sometimes forgets everything, as Igor does."""

    def __init__(self, luck: random.Random, longest: int) -> None:
        super().__init__(luck, longest)
        self.holds: bytes = b""

    def take(self, headers: dict[str, str], body: bytes) -> None:
        self.duplicates += body == self.holds
        self.holds = body

    def answer(self) -> tuple[int, bytes]:
        return self.luck.choice(IGOR_SAYS)

    def restart(self) -> None:
        self.holds = b""
        super().restart()


class Handler(BaseHTTPRequestHandler):
    """One connection to a receiver."""

    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:  # who sent it ran out of time in the midst of it
            self.close_connection = True
            return
        fault = self.receiver.fault()
        status, content = self.receiver.answer() if fault == "answer" else (200, b"")
        # Where success is answered, and arrives, it is so; with the others it may be so or not.
        arrives = fault not in ("drop", "stall")
        if (arrives and 200 <= status < 300) or self.receiver.luck.random() < 0.5:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.receiver.take(headers, body)
        self.end(fault, status, content)

    def end(self, fault: str, status: int, content: bytes) -> None:
        if fault == "drop":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        time.sleep(STALL if fault == "stall" else 0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_PUT = do_POST  # noqa: N815 - a name that http.server gives

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True
