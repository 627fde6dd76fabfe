"""The steps that a process takes through its ports, and what may happen at each of them.

A process may be gone before or after a step, the store may refuse one or not answer, and
somebody else may do something in between.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from healthrelay.core.errors import TryLater

PORTS = ("identities", "tokens", "accounts", "handshakes", "records", "log", "targets")
REFUSABLE = {
    *("identities.save", "tokens.save", "tokens.forget", "accounts.change", "handshakes.use"),
    *("records.apply", "log.save", "targets.save", "records.within", "tokens.load"),
}
"""What a store that is held by another does not do."""


class Killed(BaseException):
    """The process is gone, without a word."""


class Steps:
    """What waits at which step, in one household."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self.kills: dict[str, tuple[int, bool]] = {}
        """Step → after how many of them the process is gone, and whether that one was done."""
        self.unanswered: dict[str, int] = {}
        """Step → after how many of them one is done, but nobody hears of it."""
        self.meanwhile: dict[str, Callable[[], object]] = {}
        """Step → what somebody else does before it."""
        self.refused_until: datetime | None = None
        self.killed = 0
        self.after: dict[str, Callable[..., None]] = {}
        """Step → who looks at what it was given, and what it gave, when it is done."""

    def clear(self) -> None:
        """Let nothing more happen."""
        self.kills.clear()
        self.unanswered.clear()
        self.meanwhile.clear()
        self.refused_until = None

    def reach(self, step: str) -> None:
        """Raise what happens before *step*."""
        with self._lock:
            deed = self.meanwhile.pop(step, None)
            gone = self._is_gone(step, done=False)
        if deed:
            deed()
        if gone:
            raise Killed(step)
        if self.refused_until and step in REFUSABLE and self._now() < self.refused_until:
            raise TryLater("The store is held by somebody else.")

    def done(self, step: str, arguments: tuple[Any, ...], result: Any) -> None:
        """Raise what happens after *step*."""
        if look := self.after.get(step):
            look(arguments, result)
        with self._lock:
            if self._is_gone(step, done=True):
                raise Killed(step)
            left = self.unanswered.get(step)
            if left is None:
                return
            self.unanswered[step] = left - 1
            if left > 0:
                return
            del self.unanswered[step]
        raise TryLater("The store gave no answer.")

    def _is_gone(self, step: str, *, done: bool) -> bool:
        left, after = self.kills.get(step, (0, not done))
        if step not in self.kills or after != done:
            return False
        if left > 0:
            self.kills[step] = left - 1, after
            return False
        del self.kills[step]
        self.killed += 1
        return True


class Watched:
    """Stands before a *port* and lets everything through, step by step."""

    def __init__(self, port: Any, name: str, steps: Steps) -> None:
        self._port, self._name, self._steps = port, name, steps

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._port, attribute)
        if self._name == "store":
            watched = Watched(found, attribute, self._steps) if attribute in PORTS else found
            if attribute == "restore":
                watched = self._step("store.restore", found)
        elif callable(found) and not attribute.startswith("_"):
            watched = self._step(f"{self._name}.{attribute}", found)
        else:
            return found
        setattr(self, attribute, watched)
        return watched

    def _step(self, step: str, method: Callable[..., Any]) -> Callable[..., Any]:
        steps = self._steps

        def taken(*arguments: Any, **named: Any) -> Any:
            steps.reach(step)
            result = method(*arguments, **named)
            steps.done(step, (*arguments, *named.values()), result)
            return result

        return taken
