"""A small HTTP server in a thread, as the stand-ins of the cloud need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import NamedTuple

from tests.peers.listening import Listening


class Asked(NamedTuple):
    """A request: its header names as they came, in any case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Told(NamedTuple):
    """An answer; a header may come more than once."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Server(Listening):
    """Answers on 127.0.0.1 with what *answer* says, over TLS with a *context*."""

    def __init__(self, answer: Callable[[Asked], Told], context: SSLContext | None = None) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer, context))
        self.port = self._server.server_port
        self.host = f"127.0.0.1:{self.port}"


def _handler(
    answer: Callable[[Asked], Told], context: SSLContext | None
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            if context is not None:  # in the connection's own thread: a handshake may take long
                self.request = context.wrap_socket(self.request, server_side=True)
            super().setup()

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told = answer(Asked(self.command, self.path, self.headers, body))
            self.send_response_only(told.status)
            for name, value in told.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - names that http.server gives

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
