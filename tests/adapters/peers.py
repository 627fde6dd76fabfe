"""A bare HTTP peer that answers just what a test tells it to, byte for byte."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from healthrelay.core.errors import TryLater

SECONDS = 10


@contextmanager
def answering(*parts: bytes, pause: float = 0.0, certificate: Path | None = None) -> Iterator[str]:
    """Serve every connection *parts*, with *pause* seconds after each, then close it.

    With a *certificate*, a PEM file that holds its key too, over TLS.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stop = threading.Event()
        thread = threading.Thread(target=_serve, args=(server, parts, pause, stop, certificate))
        thread.start()
        try:
            yield f"http{'s' if certificate else ''}://127.0.0.1:{server.getsockname()[1]}"
        finally:
            stop.set()
            thread.join(SECONDS)


def _serve(
    server: socket.socket,
    parts: Sequence[bytes],
    pause: float,
    stop: threading.Event,
    certificate: Path | None,
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate:
        tls.load_cert_chain(certificate)
    while not stop.is_set():
        try:
            connection, _ = server.accept()
        except TimeoutError:
            continue
        connection.settimeout(SECONDS)
        with suppress(OSError), connection, ExitStack() as stack:
            if certificate:
                connection = stack.enter_context(tls.wrap_socket(connection, server_side=True))
            connection.recv(65536)
            for part in parts:
                connection.sendall(part)
                if stop.is_set():
                    return
                time.sleep(pause)


@contextmanager
def given_up(seconds: float) -> Iterator[None]:
    """Expect that the block is left after *seconds*, to be tried later."""
    started = time.monotonic()
    with pytest.raises(TryLater, match="no whole answer"):
        yield
    assert seconds - 0.1 < time.monotonic() - started < 5 + seconds


def response(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP/1.1 answer; header names are written with ``_`` for ``-``."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
