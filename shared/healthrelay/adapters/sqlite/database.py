"""One SQLite file, opened at the first use and kept open for the process."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from healthrelay.adapters.sqlite.migrations import MIGRATIONS
from healthrelay.core.errors import TryLater

BUSY_TIMEOUT_SECONDS = 30
MEMORY = ":memory:"
_NOT_REWRITTEN = "It is removed, but the store's file could not be rewritten: run it again"


class Database:
    """A connection shared by all threads of the process, one transaction at a time.

    Transactions here take well under a millisecond, so waiting for one another is cheaper
    than a connection a thread; other processes wait through SQLite's own locks.
    """

    def __init__(self, path: str, timeout_seconds: float = BUSY_TIMEOUT_SECONDS) -> None:
        self._path = path
        self._timeout_seconds = timeout_seconds
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Read with one statement. Raise `TryLater` for SQLite's errors."""
        with self._lock:
            try:
                yield self._open()
            except sqlite3.Error as error:
                raise TryLater(f"The store could not be read ({type(error).__name__}).") from error

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Run a transaction: everything inside is written, or nothing.

        Raise `TryLater` for SQLite's errors.
        """
        with self._lock:
            try:
                connection = self._open()
                with _immediate(connection):
                    yield connection
            except sqlite3.Error as error:
                raise TryLater(
                    f"The store could not be written ({type(error).__name__})."
                ) from error

    def rewrite(self) -> None:
        """Rewrite the file from what it still holds, so that no byte of the rest remains.

        A deleted row leaves copies: in free pages, in the log, and where the row had lain
        before its page was split. `PRAGMA secure_delete` wipes the first two only.
        """
        with self._lock:
            try:
                connection = self._open()
                connection.execute("VACUUM")
                busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.Error as error:
                raise TryLater(f"{_NOT_REWRITTEN} ({type(error).__name__}).") from error
            if busy:
                raise TryLater(f"{_NOT_REWRITTEN}. Another process is reading it.")

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection:
                self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            if self._path != MEMORY:
                _make_private(Path(self._path))
            connection = sqlite3.connect(
                self._path,
                timeout=self._timeout_seconds,
                isolation_level=None,
                check_same_thread=False,
            )
            _use_wal(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            _migrate(connection)
            self._connection = connection
        return self._connection


@contextmanager
def _immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """Take the write lock before the first read, so that what was read stays true."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.rollback()
        raise
    connection.execute("COMMIT")


def _make_private(path: Path) -> None:
    """Create the file so that only the owner of the process may read it: it holds health data."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Never open an existing file: closing it releases the locks that another connection
        # of this process holds on it.
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise TryLater(f"The store cannot be opened ({type(error).__name__}).") from error


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging; SQLite's busy timeout does not cover this one lock."""
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _migrate(connection: sqlite3.Connection) -> None:
    """Apply what is missing; several processes may start at the same time."""
    if _names(connection) >= {name for name, _ in MIGRATIONS}:
        return
    with _immediate(connection):
        connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)")
        done = _names(connection)
        for name, statements in MIGRATIONS:
            if name not in done:
                for statement in statements:
                    connection.execute(statement)
                connection.execute("INSERT INTO migrations VALUES (?)", (name,))


def _names(connection: sqlite3.Connection) -> set[str]:
    known = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'").fetchone()
    return {row[0] for row in connection.execute("SELECT name FROM migrations")} if known else set()
