"""How far all followers of one person's log have come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from healthrelay.core.delivery.progress import Progress, kind_of


class Following(NamedTuple):
    """One person's log: its newest number, and how far each follower has come."""

    head: int = 0
    targets: Mapping[str, Progress] = {}
    """Followers of all kinds, by the names under which they are stored."""
    system: str = ""
    """The unit system in which all of them are told; empty until it is stored (`Log.retell`)."""

    def progress(self, target: str) -> Progress:
        """Return how far *target* is: at the beginning, if it is unknown."""
        return self.targets.get(target) or Progress()

    def of_kind(self, kind: str) -> list[str]:
        return [name for name in self.targets if kind_of(name) == kind]
