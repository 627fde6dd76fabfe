"""The right to run everything over a store: a document that says whose it is, and until when."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime

from healthrelay.adapters.firestore.database import (
    FirestoreDatabase,
    FirestorePort,
    retry_on_conflict,
)
from healthrelay.adapters.firestore.documents import (
    SCHEDULER,
    CommitConflict,
    StoredDocument,
    Write,
)
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.json import instant
from healthrelay.core.runs import LEASE, served_already


class FirestoreSchedulerLease(FirestorePort):
    """The port over it. What cannot be read counts as nobody's."""

    def __init__(self, database: FirestoreDatabase) -> None:
        super().__init__(database)
        self._holder = secrets.token_hex(8)

    def take(self, now: datetime) -> None:
        def attempt() -> None:
            current = self._database.get_one(SCHEDULER)
            if current and not self._is_ours(current) and _lasts(current, now):
                raise served_already()
            fields = {"holder": self._holder, "until": (now + LEASE).isoformat()}
            since = current.updated if current else None
            self._database.commit(Write(SCHEDULER, fields, since=since, new=current is None))

        retry_on_conflict(attempt)

    def release(self) -> None:
        """Give it back; where that fails, it runs out."""
        with suppress(HealthrelayError, CommitConflict):
            current = self._database.get_one(SCHEDULER)
            if current and self._is_ours(current):
                self._database.commit(Write(SCHEDULER, None, since=current.updated))

    def _is_ours(self, current: StoredDocument) -> bool:
        return current.fields.get("holder") == self._holder


def _lasts(current: StoredDocument, now: datetime) -> bool:
    """Return whether it holds at *now*; only a wrong clock ends one far in the future."""
    try:
        return now < instant(current.fields["until"]) <= now + 2 * LEASE
    except (KeyError, TypeError, ValueError):
        return False
