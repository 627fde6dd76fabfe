"""When what is done for everybody was last done: one document of the household."""

from __future__ import annotations

from datetime import datetime

from healthrelay.adapters.firestore import documents
from healthrelay.adapters.firestore.database import FirestorePort, retry_on_conflict
from healthrelay.adapters.firestore.documents import StoredDocument, Write
from healthrelay.adapters.firestore.reading import place
from healthrelay.core import runs
from healthrelay.core.damage import Damaged, read_stored
from healthrelay.core.json import to_object, to_text


class FirestoreRuns(FirestorePort):
    """The port over it."""

    def load(self) -> dict[str, datetime]:
        return _read(self._database.get_one(documents.RUNS))

    def record(self, times: runs.Runs) -> None:
        def attempt() -> None:
            current = self._database.get_one(documents.RUNS)
            try:
                before = _read(current)
            except Damaged:  # it is written over
                before = {}
            text = to_text(runs.to_document(before | dict(times)))
            since = current.updated if current else None
            write = Write(documents.RUNS, {"runs": text}, since=since, new=current is None)
            self._database.commit(write)

        retry_on_conflict(attempt)


def _read(current: StoredDocument | None) -> dict[str, datetime]:
    if current is None:
        return {}
    where = place("runs", documents.RUNS, "runs")
    return read_stored(
        "", where, lambda fields: runs.from_document(to_object(fields["runs"])), current.fields
    )
