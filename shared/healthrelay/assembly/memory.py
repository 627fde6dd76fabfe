"""What a process remembers from one request to the next, and may forget at any time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from healthrelay.core.once import built_once

if TYPE_CHECKING:
    from healthrelay.adapters.http import Http
    from healthrelay.flows.delivery.places import Places
    from healthrelay.flows.delivery.snapshots import Snapshots

RESIDENT_PLACES = 16
"""For waiting readers, where each request has a thread of its own."""


class Memory:
    """Each part is built when it is first used."""

    resident = False
    """Whether this process stays, so that it can do something later."""

    @built_once
    def http(self) -> Http:
        from healthrelay.adapters.http import Http

        return Http()

    @built_once
    def snapshots(self) -> Snapshots:
        from healthrelay.flows.delivery.snapshots import Snapshots

        return Snapshots()

    @built_once
    def places(self) -> Places:
        """Those of waiting readers: half of the threads that answer, so that the rest is free."""
        from healthrelay.flows.delivery.places import Places

        return Places(RESIDENT_PLACES if self.resident else _threads() // 2)

    def close(self) -> None:
        """End the work that this process has taken on, and let go of the store."""
        for part in ("queue", "store"):
            if part in self.__dict__ and hasattr(self.__dict__[part], "close"):
                self.__dict__[part].close()


def _threads() -> int:
    """Return how many requests functions-framework answers at once (its `GunicornApplication`)."""
    return int(os.environ.get("THREADS", (os.cpu_count() or 1) * 4))
