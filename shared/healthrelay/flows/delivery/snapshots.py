"""The snapshots that a process has given out last, as they were sent."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

from healthrelay.core.measurements.catalogue import METRIC

MAX_BYTES = 16 * 1024 * 1024
"""Of all together: a fraction of the smallest function's memory, and hundreds of households."""


class Form(NamedTuple):
    """How a snapshot is wanted: of so many days, with its newest change's number, in XML, in units
    of that system, and compressed where that helps."""

    days: int
    cursor: bool = False
    xml: bool = False
    system: str = METRIC
    gzip: bool = False


class Sent(NamedTuple):
    """A snapshot, and the version of the records that are in it (`Records.everything_since`)."""

    version: str
    body: bytes
    gzip: bool


class Snapshots:
    """At most *limit* bytes; what was asked for least recently goes first. For many threads."""

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._sent: OrderedDict[tuple[str, Form], Sent] = OrderedDict()
        self._bytes = 0

    def of(self, user: str, form: Form) -> Sent | None:
        """Return what *user*'s poll was sent last in that *form*."""
        with self._lock:
            sent = self._sent.get((user, form))
            if sent:
                self._sent.move_to_end((user, form))
            return sent

    def keep(self, user: str, form: Form, sent: Sent) -> None:
        """Keep *sent* in the place of the one before, unless it alone is too large."""
        with self._lock:
            self._drop((user, form))
            if len(sent.body) > self._limit:
                return
            self._sent[user, form] = sent
            self._bytes += len(sent.body)
            while self._bytes > self._limit:
                self._drop(next(iter(self._sent)))

    def forget(self, user: str) -> None:
        """Forget everything of *user*, who is no more."""
        with self._lock:
            for name in [name for name in self._sent if name[0] == user]:
                self._drop(name)

    def _drop(self, name: tuple[str, Form]) -> None:
        if dropped := self._sent.pop(name, None):
            self._bytes -= len(dropped.body)
