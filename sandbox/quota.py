"""Counting requests in windows of the clock."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock


class Quota:
    """How many requests were made in the current window of *seconds*."""

    def __init__(self, seconds: int, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._window = -1
        self.used = 0

    def take(self) -> int:
        """Count one more request; return how many there were in this window, including it."""
        with self._lock:
            window = int(self._clock() // self._seconds)
            if window != self._window:
                self._window, self.used = window, 0
            self.used += 1
            return self.used

    def reset_in(self) -> int:
        """Seconds until the next window opens, at least 1."""
        return self._seconds - int(self._clock() % self._seconds)
