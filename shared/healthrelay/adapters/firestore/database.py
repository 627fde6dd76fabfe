"""One Firestore database, its client loaded when first used and kept for the process."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from healthrelay.adapters.firestore.documents import Changed, Found, Listing, Meter, Write
from healthrelay.core.errors import NO_STORE_CLIENT, HealthrelayError, NotConfigured, TryLater

if TYPE_CHECKING:
    from healthrelay.adapters.firestore.client import Wire

ATTEMPTS = 24

T = TypeVar("T")


class Database:
    """Documents in and out, counted by `meter`.

    There are no transactions here: a writer reads, decides, and writes under the condition
    that what it read is still so (`settled`). Nobody holds a lock while somebody else waits.
    """

    def __init__(self, project: str | None, database: str | None, patience: float) -> None:
        self.meter = Meter()
        self._open = (project, database, patience)
        self._lock = threading.Lock()
        self._wire: Wire | None = None

    def warm(self) -> None:
        """Begin to load the client in the background, while its first user is still busy."""
        threading.Thread(target=self._warm, name="firestore", daemon=True).start()

    def get(self, *paths: str) -> dict[str, Found]:
        """The documents that exist, as they were at one instant; a missing one costs the same."""
        asked = set(paths)
        found = self._loaded().get(asked)
        self.meter.count(reads=len(asked))
        return found

    def one(self, path: str) -> Found | None:
        """The document, if it exists."""
        return self.get(path).get(path)

    def listing(self, wanted: Listing) -> list[Found]:
        """The documents of a collection, ordered by id; an empty answer costs one read."""
        found = self._loaded().listing(wanted)
        self.meter.count(reads=max(1, len(found)))
        return found

    def commit(self, *writes: Write) -> None:
        """Land all or nothing. Raises `Changed` when a document was not as it had been read."""
        self._loaded().commit(writes)
        self.meter.count(writes=len(writes))

    def close(self) -> None:
        """Let go of the connection; the next use opens it again."""
        with self._lock:
            wire, self._wire = self._wire, None
        if wire:
            wire.close()

    def _warm(self) -> None:
        with suppress(HealthrelayError):  # the first use runs into it again and tells it
            self._loaded()

    def _loaded(self) -> Wire:
        with self._lock:
            if self._wire is None:
                self._wire = _wire(*self._open)
            return self._wire


def _wire(project: str | None, database: str | None, patience: float) -> Wire:
    """A third of a second of loading: only when it is needed."""
    try:
        from healthrelay.adapters.firestore.client import Wire  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise NotConfigured(
            "Firestore's client is not installed here; the extra healthrelay[firestore] brings it."
        ).named(NO_STORE_CLIENT) from error
    return Wire(project, database, patience)


def settled(attempt: Callable[[], T]) -> T:
    """What *attempt* gives: it reads, decides and commits, anew as long as others come first."""
    for done in range(ATTEMPTS):
        try:
            return attempt()
        except Changed:
            # At random: writers that met once would meet again.
            time.sleep(secrets.randbelow(10 * 2 ** min(done, 5)) / 1000)
    raise TryLater("Too many write to the same document of the store.", after=5)
