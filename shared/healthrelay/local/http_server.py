"""The server of a house: one loop holds every connection, and threads only ever work.

A request gets a thread when it is whole, and its answer waits in the loop until it is taken, so
that whoever is slow, silent or gone holds no thread.
"""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

from healthrelay.core.errors import Misconfigured

MAX_CONNECTIONS = 500
MAX_BODY_BYTES = 64 * 1024
"""What the loop takes in; the functions, which answer in their own words, refuse less."""
REQUEST_SECONDS = 20
"""For a request to be whole, between two signs of life of a connection, and for what still comes
from whoever has the last answer."""
SHUTDOWN_SECONDS = 8
"""For answers that are under way when we stop; container platforms kill after ten."""
_LOOK_SECONDS = 1.0
_REST_BYTES = 64 * 1024
_NO_LIMIT = 2**40
"""Of bytes of an answer: beyond one megabyte they wait in a file."""
_FORWARDED = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}


@contextmanager
def serve_http(
    app: WSGIApplication,
    address: tuple[str, int],
    threads: int,
    trusted_proxy: str | None = None,
    request_seconds: int = REQUEST_SECONDS,
) -> Iterator[int]:
    """Serve *app* in the background while the block runs; yield the port.

    A request that is not whole after *request_seconds* is dropped. In the end, answers that are
    under way are finished. ``X-Forwarded-…`` counts from the address *trusted_proxy* alone.
    Raise `Misconfigured` where nobody can listen.
    """
    settings = _adjustments(threads, trusted_proxy, request_seconds)
    server = _Server(app, _listen(*address), settings)
    thread = threading.Thread(target=server.run, name="http", daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.stop()
        thread.join()


class _Rest(wasyncore.dispatcher):  # type: ignore[misc]
    """What still comes from whoever has the last answer. It is dropped, until they close, too.

    Whoever closes with bytes unread resets the connection, and the answer may be lost on its way.
    """

    def __init__(self, connection: socket.socket, connections: dict[int, Any]) -> None:
        super().__init__(connection, connections)
        self.begun = time.monotonic()
        with suppress(OSError):  # they are gone already
            connection.shutdown(socket.SHUT_WR)

    def writable(self) -> bool:
        return False

    def handle_read(self) -> None:
        with suppress(OSError):  # their network is gone, and the loop will say so
            self.recv(_REST_BYTES)

    def handle_close(self) -> None:
        self.close()


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that ends with its last answer, and not before that has arrived."""

    _answered = False

    def handle_write(self) -> None:
        self._answered = self.close_when_flushed
        super().handle_write()

    def handle_close(self) -> None:
        if self._answered and self.socket:
            _Rest(self.socket.dup(), self._map)
        super().handle_close()


class _WsgiServer(TcpWSGIServer):  # type: ignore[misc]
    channel_class = _Channel


class _Server:
    """One loop over one listening socket, and the threads that answer."""

    def __init__(
        self, app: WSGIApplication, listening: socket.socket, settings: Adjustments
    ) -> None:
        about = (listening.family, listening.type, listening.proto, listening.getsockname())
        self.port: int = listening.getsockname()[1]
        self._connections: dict[int, Any] = {}
        self._server = _WsgiServer(
            app, self._connections, _sock=listening, adj=settings, sockinfo=about, bind_socket=False
        )
        self._seconds: float = settings.channel_timeout
        self._begun: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
        self._stopping = threading.Event()

    def run(self) -> None:
        """Serve until `stop`; then finish what is under way."""
        looked = 0.0
        while not self._stopping.is_set():
            self._turn(_LOOK_SECONDS)
            if time.monotonic() - looked > _LOOK_SECONDS:
                looked = time.monotonic()
                self._drop_late(looked)
        wasyncore.dispatcher.close(self._server)
        until = time.monotonic() + SHUTDOWN_SECONDS
        while self._drop_idle() and time.monotonic() < until:
            self._turn(0.1)
        self._server.task_dispatcher.shutdown(timeout=0 if self._server.active_channels else 1)
        wasyncore.close_all(self._connections)

    def stop(self) -> None:
        self._stopping.set()
        with suppress(OSError):  # the loop saw it by itself, and has closed what wakes it
            self._server.pull_trigger()

    def _turn(self, seconds: float) -> None:
        """Wait up to so many *seconds* for what comes in or can go out, and take it."""
        wasyncore.loop(seconds, use_poll=True, map=self._connections, count=1)

    def _drop_late(self, now: float) -> None:
        """Let go of whoever sends a request byte by byte; the server drops the silent itself."""
        for channel in self._server.active_channels.values():
            request = channel.request
            if request and now - self._begun.setdefault(request, now) > self._seconds:
                channel.will_close = True
        for rest in list(self._connections.values()):
            if isinstance(rest, _Rest) and now - rest.begun > self._seconds:
                rest.close()

    def _drop_idle(self) -> bool:
        """Let go of connections on which nothing is under way; return whether there are others."""
        channels = list(self._server.active_channels.values())
        for channel in channels:
            if not channel.requests and not channel.total_outbufs_len:
                channel.will_close = True
        return bool(channels)


def _adjustments(threads: int, proxy: str | None, request_seconds: int) -> Adjustments:
    # It would write a line whenever requests wait for a moment.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    trusted = {"trusted_proxy": proxy, "trusted_proxy_headers": _FORWARDED} if proxy else {}
    return Adjustments(
        threads=threads,
        ident=None,
        connection_limit=MAX_CONNECTIONS,
        channel_timeout=request_seconds,
        cleanup_interval=_LOOK_SECONDS,
        max_request_body_size=MAX_BODY_BYTES,
        outbuf_high_watermark=_NO_LIMIT,
        log_socket_errors=False,
        clear_untrusted_proxy_headers=True,
        **trusted,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server((host, port), family=family, dualstack_ipv6=both)
    except OSError as error:  # of its kinds one is that the name of the host is not known
        reason = str(error.strerror).partition(" (")[0]
        sentence = f"Nobody can listen at {host}, port {port} ({reason})."
        failure = Misconfigured(sentence).with_cause("cannot_listen")
        failure.next_step = "Stop what uses it already, or name another --host or --port."
        raise failure from error
