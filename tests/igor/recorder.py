"""A server on loopback that records every request whole and gives the answer that a test sets."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.peers.listening import Listening


@dataclass(frozen=True)
class Seen:
    """One request as it came over the wire; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Say:
    """What the recorder answers from now on."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Recorder(Listening):
    """Listens while its block runs; `seen` grows, `say` may be replaced at any time."""

    def __init__(self, certificate: Path | None = None) -> None:
        """With a *certificate*, a PEM file that holds its key too, over TLS as ``localhost``."""
        self.seen: list[Seen] = []
        self.say = Say()
        self.options = 501
        """The status of the answer to a question that does nothing (OPTIONS)."""
        self.names: list[str | None] = []
        """The host names that were asked for over TLS."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            context.sni_callback = lambda _socket, name, _context: self.names.append(name)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self.url = f"https://localhost:{self._server.server_port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(length)
                recorder.seen.append(Seen(self.command, self.path, headers, body))
                reply = recorder.say
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def do_OPTIONS(self) -> None:
                self.send_response(recorder.options)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_PUT = do_POST = answer  # noqa: N815 - names that http.server gives

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
