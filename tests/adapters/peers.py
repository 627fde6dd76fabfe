"""A bare HTTP peer that answers just what a test tells it to, byte for byte."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

SECONDS = 10


@contextmanager
def answering(*parts: bytes, pause: float = 0.0) -> Iterator[str]:
    """Serve every connection *parts*, with *pause* seconds after each, then close it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stop = threading.Event()
        thread = threading.Thread(target=_serve, args=(server, parts, pause, stop))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            stop.set()
            thread.join(SECONDS)


def _serve(
    server: socket.socket, parts: Sequence[bytes], pause: float, stop: threading.Event
) -> None:
    while not stop.is_set():
        try:
            connection, _ = server.accept()
        except TimeoutError:
            continue
        with connection:
            connection.settimeout(SECONDS)
            connection.recv(65536)
            try:
                for part in parts:
                    connection.sendall(part)
                    if stop.is_set():
                        return
                    time.sleep(pause)
            except OSError:
                continue


def response(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP/1.1 answer; header names are written with ``_`` for ``-``."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
