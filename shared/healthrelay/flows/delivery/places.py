"""Places for readers that wait: so many in a process, and of these so many for one person."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from healthrelay.core.errors import RateLimited

SECONDS_UNTIL_FREE = 25
"""How long a reader waits at most, and so after what time its place is free."""


class Places:
    """At most *total*, and half of them for one person: one leaves room for another."""

    def __init__(self, total: int) -> None:
        self._total = max(total, 1)
        self._each = max(total // 2, 1)
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()
        self._closed = threading.Event()

    def close(self) -> None:
        """Let nobody wait any longer: the process ends."""
        self._closed.set()

    @contextmanager
    def take(self, user: str) -> Iterator[threading.Event]:
        """Hold a place for *user*; what is yielded ends the waiting when the process ends.

        Raise `RateLimited` where none is free.
        """
        with self._lock:
            if self._taken.total() >= self._total or self._taken[user] >= self._each:
                sentence = "Too many readers wait already. Ask again later, or without wait."
                raise RateLimited(sentence, SECONDS_UNTIL_FREE)
            self._taken[user] += 1
        try:
            yield self._closed
        finally:
            with self._lock:
                self._taken[user] -= 1
