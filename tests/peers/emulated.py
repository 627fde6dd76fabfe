"""The cloud's store over Google's emulator, with other ways into its project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from healthrelay.adapters.firestore.database import FirestoreDatabase
from healthrelay.adapters.firestore.documents import Write
from healthrelay.adapters.firestore.store import FirestoreStore

TIMEOUT_SECONDS = 60.0
"""Long, because the machine may be busy; how soon a dead host is reported is not seen here."""


class PatientDatabase(FirestoreDatabase):
    """A database that gives a busy machine its time."""

    def __init__(self, project: str) -> None:
        super().__init__(project, None, TIMEOUT_SECONDS)


class Interrupted(PatientDatabase):
    """A database in which *meanwhile* happens just before the first commit."""

    def __init__(self, project: str, meanwhile: Callable[[], object]) -> None:
        super().__init__(project)
        self._meanwhile = [meanwhile]

    def commit(self, *writes: Write) -> None:
        if self._meanwhile:
            self._meanwhile.pop()()
        super().commit(*writes)


class EmulatedStore(FirestoreStore):
    """A store on the emulator; all of one *project* see the same."""

    def __init__(self, project: str, **options: Any) -> None:
        super().__init__(project, **{"timeout_seconds": TIMEOUT_SECONDS, **options})
        self.project = project
        self._others: list[FirestoreDatabase] = []

    def interrupted(self, meanwhile: Callable[[], object]) -> FirestoreDatabase:
        """Return a database in which *meanwhile* happens just before the first commit."""
        self._others.append(Interrupted(self.project, meanwhile))
        return self._others[-1]

    def contents(self) -> dict[str, dict[str, Any]]:
        return contents_of(self.project)

    def close(self) -> None:
        for other in self._others:
            other.close()
        super().close()


def contents_of(project: str) -> dict[str, dict[str, Any]]:
    """Return every document by its path, also what lies below a document that is gone."""
    from google.cloud import firestore

    client = firestore.Client(project=project)
    found: dict[str, dict[str, Any]] = {}
    waiting = list(client.collections())
    while waiting:
        for document in waiting.pop().list_documents():
            snapshot = document.get()
            if snapshot.exists:
                found[document.path] = snapshot.to_dict()
            waiting += document.collections()
    client.close()
    return found
