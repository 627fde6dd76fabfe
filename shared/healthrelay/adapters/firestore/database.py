"""One Firestore database; its client is loaded at the first use and kept for the process."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from healthrelay.adapters.firestore.documents import (
    CommitConflict,
    Fields,
    Listing,
    Meter,
    StoredDocument,
    Write,
    person_path,
)
from healthrelay.adapters.firestore.reading import check_owner
from healthrelay.core.errors import (
    NO_STORE_CLIENT,
    HealthrelayError,
    NotConfigured,
    TryLater,
    Unknown,
)

if TYPE_CHECKING:
    from healthrelay.adapters.firestore.client import FirestoreClient

ATTEMPTS = 24

T = TypeVar("T")


class FirestoreDatabase:
    """Documents in and out, counted by `meter`.

    There are no transactions here: a writer reads, decides, and writes on condition that what
    it read has not changed (`retry_on_conflict`). Nobody holds a lock while others wait.
    """

    def __init__(self, project: str | None, database: str | None, timeout_seconds: float) -> None:
        self.meter = Meter()
        self._open = (project, database, timeout_seconds)
        self._lock = threading.Lock()
        self._client: FirestoreClient | None = None

    def warm(self) -> None:
        """Start loading the client in the background, while its first user is still busy."""
        threading.Thread(target=self._warm_up, name="firestore", daemon=True).start()

    def get(self, *paths: str) -> dict[str, StoredDocument]:
        """Return the documents that exist, all at one instant; a missing one costs a read, too."""
        requested = set(paths)
        documents = self._load().get(requested)
        self.meter.count(reads=len(requested))
        return documents

    def get_one(self, path: str) -> StoredDocument | None:
        return self.get(path).get(path)

    def listing(self, listing: Listing) -> list[StoredDocument]:
        """Return the documents of a collection, ordered by id; an empty answer costs one read."""
        documents = self._load().listing(listing)
        self.meter.count(reads=max(1, len(documents)))
        return documents

    def commit(self, *writes: Write) -> None:
        """Write all or nothing. Raise `CommitConflict` if a document was not as it was read."""
        self._load().commit(writes)
        self.meter.count(writes=len(writes))

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        with self._lock:
            client, self._client = self._client, None
        if client:
            client.close()

    def _warm_up(self) -> None:
        with suppress(HealthrelayError):  # the first use meets it again and reports it
            self._load()

    def _load(self) -> FirestoreClient:
        with self._lock:
            if self._client is None:
                self._client = _client(*self._open)
            return self._client


def _client(project: str | None, database: str | None, timeout_seconds: float) -> FirestoreClient:
    """Import the client only when it is needed: it takes a third of a second."""
    try:
        from healthrelay.adapters.firestore.client import FirestoreClient  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise NotConfigured(
            "Firestore's client is not installed. Install healthrelay[firestore]."
        ).with_cause(NO_STORE_CLIENT) from error
    return FirestoreClient(project, database, timeout_seconds)


class FirestorePort:
    """A port over the shared *database*."""

    def __init__(self, database: FirestoreDatabase) -> None:
        self._database = database

    def _owner(self, user: str) -> StoredDocument | None:
        owner = self._database.get_one(person_path(user))
        return owner and check_owner(owner, user)

    def _require(self, path: str, user: str) -> StoredDocument:
        """Return a document that *user* has if they exist. Raise `Unknown` for a stranger."""
        current = self._database.get_one(path)
        if current is None:
            raise Unknown(f"There is no user {user}.")
        return current

    def _require_owner(self, user: str) -> StoredDocument:
        return check_owner(self._require(person_path(user), user), user)

    def _update(
        self,
        path: str,
        user: str,
        change: Callable[[Fields, bool], Fields | None],
        beside: Callable[[], Sequence[Write]] = tuple,
    ) -> StoredDocument:
        """Write what *change* makes of the fields at *path*, if anything; return what was there.

        Whatever *beside* returns is written with it, all or nothing.
        It is also given whether an attempt was made before, which may have been stored though
        its answer was lost. Raise `Unknown` for a stranger.
        """
        again = False

        def attempt() -> StoredDocument:
            nonlocal again
            current = self._require(path, user)
            fields = change(current.fields, again)
            if fields is not None:
                again = True
                self._database.commit(Write(path, fields, since=current.updated), *beside())
            return current

        return retry_on_conflict(attempt)


def retry_on_conflict(attempt: Callable[[], T]) -> T:
    """Return what *attempt* returns: it reads, decides and commits, again while others come first.

    Raise `TryLater` after `ATTEMPTS`.
    """
    for attempts in range(ATTEMPTS):
        try:
            return attempt()
        except CommitConflict:
            # A random wait: writers that collided once would collide again.
            time.sleep(secrets.randbelow(10 * 2 ** min(attempts, 5)) / 1000)
    raise TryLater("Too many writers use the same document of the store.", after=5)
