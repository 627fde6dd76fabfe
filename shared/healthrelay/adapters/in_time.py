"""Connections that keep to a deadline.

A time-out of a socket starts again with each byte, so a peer that drips holds us for as long as
it likes: one byte a second keeps a time-out of fifteen seconds quiet for ever. Here the socket
is given what is left of the time before each step that it takes.
"""

import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

_PIECE_BYTES = 16 * 1024
"""Handed to the socket at once: as many as TLS puts into one record."""
_ends: ContextVar[float] = ContextVar("deadline")


@contextmanager
def within(seconds: float) -> Iterator[float]:
    """Give the pools below so many *seconds* in this block, then they raise `TimeoutError`.

    Yields when that is, by the monotonic clock.
    """
    ends = time.monotonic() + seconds
    token = _ends.set(ends)
    try:
        yield ends
    finally:
        _ends.reset(token)


def left() -> float:
    """Return the seconds that are left. Raises `TimeoutError` when none are."""
    seconds = _ends.get() - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the whole of it took too long")
    return seconds


class _Reader(io.RawIOBase):
    """What a socket receives, with the time that is left."""

    def __init__(self, connected: socket.socket) -> None:
        self._connected = connected
        self._raw = connected.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._connected.settimeout(left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """Reads its head and body in time."""

    def __init__(self, sock: socket.socket, *more: Any, **named: Any) -> None:
        super().__init__(sock, *more, **named)
        self.fp.close()
        self.fp = io.BufferedReader(_Reader(sock))


class _InTime(HTTPConnection):
    """Connects and sends in time, and has its answer read so."""

    response_class = _Response

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        # From here on TLS shakes hands, with one time-out for the whole of that.
        connected.settimeout(left())
        return connected

    def send(self, data: Any) -> None:
        if not isinstance(data, bytes):
            super().send(data)
            return
        for start in range(0, len(data), _PIECE_BYTES):
            if self.sock is not None:
                self.sock.settimeout(left())
            super().send(data[start : start + _PIECE_BYTES])


class _InTimeSecure(_InTime, HTTPSConnection):
    """The same over TLS."""


class PlainPool(HTTPConnectionPool):
    """Connections that keep to `within`."""

    ConnectionCls = _InTime


class SecurePool(HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = _InTimeSecure


POOLS = {"http": PlainPool, "https": SecurePool}
"""For a manager's ``pool_classes_by_scheme``."""
