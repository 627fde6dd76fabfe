"""How often a source may try the owner key.

In the memory of this process alone: what is kept in the store, a stranger could use to lock the
owner out. The bound on guessing is the key's length; this keeps guesses out of the log and the
processor. The one-time link works meanwhile.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import NamedTuple

TRIES = 5
PAUSE = timedelta(minutes=5)
MAX_SOURCES = 1_000


class _Tries(NamedTuple):
    number: int
    until: datetime
    """When they are forgotten."""


class Attempts:
    """The wrong tries of each source; of the many that may come, the latest are remembered."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._lock = threading.Lock()

    def paused_until(self, source: str, now: datetime) -> datetime | None:
        """Return until when *source* may not try, or None when it may."""
        with self._lock:
            tries = self._tries.get(source)
        paused = tries is not None and tries.number >= TRIES and tries.until > now
        return tries.until if tries and paused else None

    def fail(self, source: str, now: datetime) -> int:
        """Count a wrong try; return how many are left."""
        with self._lock:
            before = self._tries.pop(source, None)
            count = 1 + (before.number if before and before.until > now else 0)
            self._tries[source] = _Tries(count, now + PAUSE)
            while len(self._tries) > MAX_SOURCES:
                self._tries.popitem(last=False)
        return max(TRIES - count, 0)

    def forget(self, source: str) -> None:
        with self._lock:
            self._tries.pop(source, None)
