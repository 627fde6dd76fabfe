"""The body of a request: whole within its time, or not at all; and the time for an answer.

A server has few threads. Whoever holds back a body, or does not take the answer, holds one.
"""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from flask import Request
from werkzeug.exceptions import ClientDisconnected

from healthrelay.core.errors import BadRequest
from healthrelay.web.responses import BodyTooLate

BODY_SECONDS = 5.0
"""For a body, of whoever may send one."""
STRANGERS_SECONDS = 0.2
"""For the body of who has not shown yet that they may send one; it comes with the headers."""
SIGN_IN_SECONDS = 1.0
"""For a form that somebody fills in, whose key is what is in it."""
ANSWER_SECONDS = 60.0
"""For an answer to be taken: as long as Cloud Run lets one request of ours last."""
UNREAD_SECONDS = 0.05
"""For what is not read, but on its way: who sends it still reads our answer."""
_BEGUN = "healthrelay.body-begun"
_SOCKET = "gunicorn.socket"
"""Where a server keeps the connection of a request; the one of `healthrelay serve` keeps none, and
has the whole body before it asks us."""
_CHUNK = 8192


def read_body(request: Request, seconds: float) -> bytes:
    """Return the body. Raise `BodyTooLate` if it is not here by then, `BadRequest` if it is cut."""
    if not request.content_length:
        return b""
    request.environ[_BEGUN] = True
    with _time_limit(request, seconds) as over:
        try:
            body = request.get_data()
        except ClientDisconnected:
            body = b""
            _leave(request)
    if len(body) == request.content_length:
        return body
    if over.is_set():
        raise BodyTooLate("The body took too long.")
    raise BadRequest("The body is shorter than its Content-Length.")


def drop_unread_body(request: Request) -> None:
    """Let go of a body that nobody has read, and of the connection if it is not here already.

    The framework would wait for it before it answers, and a server before the next request.
    """
    unread = request.content_length or "Transfer-Encoding" in request.headers
    if not unread or _BEGUN in request.environ:
        return
    with _time_limit(request, UNREAD_SECONDS) as over, suppress(Exception):
        while not over.is_set() and request.stream.read(_CHUNK):
            pass
    _leave(request)


def limit_answer(request: Request) -> None:
    """Let the server give up on who does not take the answer: it would wait without end."""
    if connection := _connection(request):
        connection.settimeout(ANSWER_SECONDS)


def _leave(request: Request) -> None:
    """Let the framework, which reads every body to its end, find nothing more to wait for."""
    request.stream = io.BytesIO()


def _connection(request: Request) -> socket.socket | None:
    return request.environ.get(_SOCKET)


@contextmanager
def _time_limit(request: Request, seconds: float) -> Iterator[threading.Event]:
    """Let nothing more come in after so many *seconds*; what is yielded says whether that was."""
    over = threading.Event()
    connection = _connection(request)
    if connection is None:
        yield over
        return

    def end() -> None:
        over.set()
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RD)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
