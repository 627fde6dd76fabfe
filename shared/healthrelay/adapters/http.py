"""Requests over HTTP: bounded in time, never redirected, never silently retried.

A time-out of a socket starts again with each byte, so a peer that drips holds us for as long as
it likes: one byte a second keeps a time-out of fifteen seconds quiet for ever. Here the socket
is given what is left of the time before each step that it takes.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import parsedate_to_datetime
from functools import cached_property, partial
from typing import Any, NamedTuple

import certifi
import urllib3
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from healthrelay.adapters.json_body import parse_json
from healthrelay.core.errors import Misconfigured, TryLater

CONNECT_TIMEOUT_SECONDS = 5
MAX_BYTES = 64 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_PIECE_BYTES = 16 * 1024
"""Handed to the socket at once: as many as TLS puts into one record."""
_ends: ContextVar[float] = ContextVar("deadline")


class Answer(NamedTuple):
    """What came back. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as `parse_json`."""
        return parse_json(self.body)

    def wait(self, otherwise: int) -> int:
        """Return the seconds of ``Retry-After``, a number or a date there; else *otherwise*."""
        text = self.headers.get("retry-after", "")
        if text.isascii() and text.isdigit():
            return min(int(text), 86_400)
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
        except ValueError:
            return otherwise
        return min(max(int(seconds) + 1, 1), 86_400)


class Http:
    """A pool of connections for one process; *ca* is a PEM file that replaces the usual roots."""

    def __init__(self, ca: str | None = None, connections: int = 8) -> None:
        self._ca = ca
        self._connections = connections

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        # One TLS context for all hosts, as building one costs 30 to 45 ms.
        context = ssl.create_default_context(cafile=self._ca or certifi.where())
        return self._manager(ssl_context=context)

    @cached_property
    def _plain_pool(self) -> urllib3.PoolManager:
        return self._manager()

    def _manager(self, **more: Any) -> urllib3.PoolManager:
        pools = urllib3.PoolManager(num_pools=4, maxsize=self._connections, retries=False, **more)
        pools.pool_classes_by_scheme = POOLS
        return pools

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        seconds: float = 30,
    ) -> Answer:
        """One request; *seconds* bound the whole of it once the name is found, drips included.

        Raises `TryLater`, naming the host and the kind of trouble, when no whole answer came,
        and `Misconfigured` for a certificate that is not trusted.
        """
        pool = self._pool if url.startswith("https:") else self._plain_pool
        request = partial(
            pool.request,
            method,
            url,
            body=body,
            headers=dict(headers),
            timeout=urllib3.Timeout(connect=min(CONNECT_TIMEOUT_SECONDS, seconds), read=seconds),
            redirect=False,
            preload_content=False,
        )
        return receive(request, str(urllib3.util.parse_url(url).host), seconds)


def receive(request: Callable[[], urllib3.BaseHTTPResponse], peer: str, seconds: float) -> Answer:
    """Return the whole answer to *request*, which together may take so many *seconds*.

    Raises `TryLater` or `Misconfigured`, naming the *peer*, as `Http.send`.
    """
    try:
        with within(seconds) as deadline:
            response = request()
            body = whole(response, deadline)
    except (urllib3.exceptions.HTTPError, TimeoutError) as error:
        if any(isinstance(part, ssl.SSLCertVerificationError) for part in error.args):
            # Time will not fix it, and going on without the check is not ours to decide.
            raise Misconfigured(f"{peer} shows a certificate that is not trusted.") from error
        raise TryLater(f"{peer} gave no whole answer ({type(error).__name__}).") from error
    return to_answer(response.status, response.headers, body)


def to_answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    return Answer(status, {name.lower(): value for name, value in headers.items()}, body)


def whole(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """Read to the end, or give up at *deadline*: a socket time-out alone lets a drip go on."""
    parts: list[bytes] = []
    size = 0
    try:
        while chunk := response.read1(_CHUNK_BYTES, decode_content=True):
            parts.append(chunk)
            size += len(chunk)
            if size > MAX_BYTES or time.monotonic() > deadline:
                raise TimeoutError("too slow or too long")
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return b"".join(parts)


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
