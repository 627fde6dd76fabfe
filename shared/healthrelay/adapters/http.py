"""Requests over HTTP, alike for whoever is asked: consent, refresh, data, Igor, webhooks.

Bounded in time and size, never redirected, never silently retried. The environment decides
nothing: variables for proxies and certificates change no call, because the clients that we use
read different ones of them, and a webhook's address is one that we have checked.
"""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, NamedTuple

import certifi
import urllib3

from healthrelay.adapters.in_time import POOLS, left, within
from healthrelay.core.errors import Misconfigured, TryLater
from healthrelay.core.header import HEADER_VALUE
from healthrelay.core.json_body import parse_json
from healthrelay.core.numbers import whole_number
from healthrelay.core.once import built_once

CONNECT_TIMEOUT_SECONDS = 5
MAX_BYTES = 64 * 1024 * 1024
MAX_WAIT_SECONDS = 86_400
MAX_GLANCE_BYTES = 64 * 1024
GLANCE_SECONDS = 2.0
"""How much of a body is looked at, and for how long, where the status says all."""
_CHUNK_BYTES = 64 * 1024


_UNREACHED: dict[type[Exception], str] = {
    urllib3.exceptions.NameResolutionError: (
        "has no address. Is the name right, and is there a network?"
    ),
    urllib3.exceptions.NewConnectionError: "does not answer. Does it run?",
    urllib3.exceptions.ConnectTimeoutError: (
        "does not answer. Does it run, and does a firewall let us reach it?"
    ),
}
"""The first that fits: one who has no address is no new connection, either."""
ReadBody = Callable[[urllib3.BaseHTTPResponse, float], bytes]
"""Returns a body before the deadline."""


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
        text = self.headers.get("retry-after", "").strip()
        seconds = whole_number(text)
        if seconds is None:
            seconds = _seconds_until(text)
        return min(otherwise if seconds is None else seconds, MAX_WAIT_SECONDS)


def _seconds_until(text: str) -> int | None:
    """Return how long it is until the date of HTTP in *text*, at least 1; None for no such."""
    at = _instant(text)
    return None if at is None else max(int(at.timestamp() - time.time()) + 1, 1)


def _instant(text: str) -> datetime | None:
    """Return the date of HTTP in *text*; None for no such."""
    try:
        at = parsedate_to_datetime(text)
        # -0000 is a zone that nobody knows; a date of HTTP is in UTC.
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, LookupError):
        return None


class Http:
    """A pool of connections for one process; *ca* is a PEM file that replaces the usual roots."""

    def __init__(self, ca: str | None = None, connections: int = 8) -> None:
        self._ca = ca
        self._connections = connections
        self._dates: dict[str, str] = {}
        """Host → ``Date`` of its last answer."""

    @built_once
    def _pool(self) -> urllib3.PoolManager:
        # One TLS context for all hosts, as building one costs 30 to 45 ms.
        context = ssl.create_default_context(cafile=self._ca or certifi.where())
        return self._manager(ssl_context=context)

    @built_once
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
        *,
        read: ReadBody | None = None,
    ) -> Answer:
        """One request; *seconds* bound the whole of it once the name is found, drips included.

        *read* is `whole`, `partly`, or `glance` where the status says all.
        Raises `TryLater`, naming the host and the kind of trouble, when no whole answer came,
        and `Misconfigured` for a certificate that is not trusted.
        """
        pool = self._pool if url.startswith("https:") else self._plain_pool
        request = partial(
            pool.request,
            method,
            url,
            body=body,
            headers=checked(headers),
            timeout=urllib3.Timeout(connect=min(CONNECT_TIMEOUT_SECONDS, seconds), read=seconds),
            redirect=False,
            preload_content=False,
        )
        parts = urllib3.util.parse_url(url)
        place = f"{parts.host}:{parts.port}" if parts.port else str(parts.host)
        answer = receive(request, place, seconds, read or whole)
        self._dates[str(parts.host)] = answer.headers.get("date", "")
        return answer

    def clock(self, url: str) -> datetime | None:
        """Return what the host of *url* said the time was in its last answer, if it did."""
        return _instant(self._dates.get(str(urllib3.util.parse_url(url).host), ""))


def checked(headers: Mapping[str, str]) -> dict[str, str]:
    """Return *headers*. Raise `Misconfigured` for what none can hold; it is not in the sentence."""
    for name, value in headers.items():
        if not HEADER_VALUE.fullmatch(value):
            raise Misconfigured(f"The header {name} cannot hold what it is to be set to.")
    return dict(headers)


def receive(
    request: Callable[[], urllib3.BaseHTTPResponse], peer: str, seconds: float, read: ReadBody
) -> Answer:
    """Return the answer to *request*, which together may take so many *seconds*.

    Raises `TryLater` or `Misconfigured`, naming the *peer*, as `Http.send`.
    """
    try:
        with within(seconds) as deadline:
            response = request()
            body = read(response, deadline)
    except (urllib3.exceptions.HTTPError, TimeoutError) as error:
        if any(isinstance(part, ssl.SSLCertVerificationError) for part in error.args):
            # Time will not fix it, and going on without the check is not ours to decide.
            raise Misconfigured(f"{peer} shows a certificate that is not trusted.") from error
        raise TryLater(f"{peer} {_what_failed(error)}") from error
    return to_answer(response.status, response.headers, body)


def _what_failed(error: Exception) -> str:
    """Return what the peer did not do, and what to look for, as the end of a sentence."""
    unreached = (words for kind, words in _UNREACHED.items() if isinstance(error, kind))
    return next(unreached, f"gave no whole answer ({type(error).__name__}).")


def to_answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    return Answer(status, {name.lower(): value for name, value in headers.items()}, body)


def whole(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """Return all of a body. Raise, at *deadline* too: a socket time-out alone lets a drip go on."""
    return b"".join(_chunks(response, deadline))


def partly(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """Return what came of a body, whole or cut: it may hold what is given only once."""
    parts: list[bytes] = []
    with suppress(urllib3.exceptions.HTTPError, TimeoutError):
        for chunk in _chunks(response, deadline):
            parts.append(chunk)
    return b"".join(parts)


def _chunks(response: urllib3.BaseHTTPResponse, deadline: float) -> Iterator[bytes]:
    size = 0
    try:
        while chunk := response.read1(_CHUNK_BYTES, decode_content=True):
            size += len(chunk)
            if size > MAX_BYTES or time.monotonic() > deadline:
                raise TimeoutError("too slow or too long")
            yield chunk
    except BaseException:
        response.close()
        raise
    response.release_conn()


def glance(response: urllib3.BaseHTTPResponse, _deadline: float) -> bytes:
    """Return what comes of a body soon, as it was sent, and never raise.

    It may be cut, endless or encoded in no way we know: then the connection is closed.
    """
    parts: list[bytes] = []
    try:
        with within(min(GLANCE_SECONDS, left())):
            while chunk := response.read1(_CHUNK_BYTES, decode_content=False):
                parts.append(chunk)
                if sum(map(len, parts)) > MAX_GLANCE_BYTES:
                    break
            else:
                response.release_conn()
                return b"".join(parts)
    except (urllib3.exceptions.HTTPError, OSError):
        pass  # nobody waits for it
    response.close()
    return b"".join(parts)
