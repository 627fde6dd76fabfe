"""Random requests to every function: no defect, no secret shown, nothing stored without a key."""

from __future__ import annotations

import hashlib
import socket
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.fuzz.requested import PATHS, Keys, request

SECONDS = 30
SHOWN_BYTES = 300
EXPECTED = {200, 202, 302, 303, 308, *range(400, 500), 502, 503}
"""502 and 503: the wearer or the owner must act, or it is tried later; 500 is a defect."""
EXPECTED_OF_PAGE = (EXPECTED - {502, 503}) | {201}
"""The page asks no provider; a script may make a person."""


class Failure(NamedTuple):
    """What went wrong, and with which request."""

    what: str
    request: bytes


class Answered(NamedTuple):
    """How many answers of each status, and what was wrong."""

    statuses: Counter[int]
    failures: list[Failure]


def send(url: str, message: bytes) -> bytes:
    """Return all that comes back for *message*, which may be no HTTP."""
    parts = urlsplit(url)
    address = str(parts.hostname), int(parts.port or 0)
    with socket.create_connection(address, SECONDS) as connection:
        connection.sendall(message)
        connection.shutdown(socket.SHUT_WR)
        pieces = []
        while piece := connection.recv(65_536):
            pieces.append(piece)
    return b"".join(pieces)


def ask(
    url: str, function: str, count: int, seed: int, keys: Keys, secrets: Iterable[str]
) -> Answered:
    """Send *function* so many random requests, and judge every answer."""
    random = Random(f"{seed} {function} {bool(keys.owner or keys.poll)}")
    expected = EXPECTED_OF_PAGE if function == "setup" else EXPECTED
    hidden = [secret.encode() for secret in secrets]
    answered = Answered(Counter(), [])
    for _ in range(count):
        message = request(function, random, keys)
        answer = send(url, message)
        status = status_of(answer)
        answered.statuses[status] += 1
        shown = message[:SHOWN_BYTES]
        if status not in expected:
            answered.failures.append(Failure(f"{function} answered {status}", shown))
        # Who is led on gets the address back that they came with.
        if status != 308 and any(secret in answer for secret in hidden):
            answered.failures.append(Failure(f"{function} showed a secret", shown))
    return answered


def status_of(answer: bytes) -> int:
    """Return the status of an HTTP answer, 0 where there is none.

    The server that stands before our functions answers what is no HTTP by a page without a head.
    """
    first = answer.partition(b"\r\n")[0].split(b" ")
    if len(first) > 1 and first[1].isdigit():
        return int(first[1])
    return 400 if b"Error code: 4" in answer else 0


def fingerprint(database: Path) -> str:
    """Return what stands for all that a SQLite store holds."""
    with closing(sqlite3.connect(database)) as connection, connection:
        lines = "\n".join(connection.iterdump())
    return hashlib.sha256(lines.encode()).hexdigest()


FUNCTIONS = tuple(PATHS)
