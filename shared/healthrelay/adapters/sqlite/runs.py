"""When what is done for everybody was last done: one document."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.database import Table, load_document, place, put_document
from healthrelay.core import runs
from healthrelay.core.damage import Damaged, read_stored

if TYPE_CHECKING:
    import sqlite3

PATH, KIND = "plugindata/runs", "runs"


class SqliteRuns(Table):
    """The port over it."""

    def load(self) -> dict[str, datetime]:
        with self._database.read() as connection:
            return _load(connection)

    def record(self, times: runs.Runs) -> None:
        with self._database.write() as connection:
            try:
                before = _load(connection)
            except Damaged:  # it is written over
                before = {}
            put_document(connection, PATH, None, runs.to_document(before | dict(times)))


def _load(connection: sqlite3.Connection) -> dict[str, datetime]:
    stored = load_document(connection, PATH, "", KIND)
    where = place(KIND, PATH)
    return read_stored("", where, runs.from_document, stored.document) if stored else {}
