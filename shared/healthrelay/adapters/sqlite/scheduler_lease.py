"""The right to run everything over a store: a lock that the system takes from whoever dies."""

from __future__ import annotations

import os
import sqlite3
import threading
from datetime import datetime

from healthrelay.adapters.sqlite.database import SqliteDatabase, translate_errors
from healthrelay.adapters.sqlite.opening import MEMORY, kept_by, opened
from healthrelay.adapters.sqlite.trouble import HELD, primary_code
from healthrelay.core.runs import served_already

SUFFIX = "-scheduler"


class SqliteSchedulerLease:
    """The port: a transaction that stays open, in a file of its own beside the store.

    It is SQLite's own lock, because it works wherever the store does.
    """

    def __init__(self, database: SqliteDatabase) -> None:
        self._path = database.path
        self._lock = threading.Lock()
        self._held: sqlite3.Connection | None = None

    def take(self, now: datetime) -> None:
        with self._lock:
            if self._held is None and self._path != MEMORY:
                locked = _lock_file(f"{os.path.realpath(self._path)}{SUFFIX}")
                self._held = kept_by(self, locked)

    def release(self) -> None:
        with self._lock:
            if self._held:
                self._held.close()
            self._held = None


def _lock_file(path: str) -> sqlite3.Connection:
    with (
        translate_errors(path, "The store could not be locked"),
        opened(path, timeout_seconds=0) as connection,
    ):
        try:
            connection.execute("PRAGMA journal_mode = MEMORY")  # nothing is ever written
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if primary_code(error) in HELD:
                raise served_already() from error
            raise
        return connection
