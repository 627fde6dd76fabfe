"""One SQLite file, kept open for the process, and its documents as the seed's schema has them."""

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from healthrelay.adapters.sqlite.migrations import apply_missing, is_migrated
from healthrelay.adapters.sqlite.opening import (
    BUSY_TIMEOUT_SECONDS,
    MEMORY,
    kept_by,
    opened,
    use_wal,
)
from healthrelay.adapters.sqlite.trouble import meaning
from healthrelay.core.damage import Unusable, read_stored
from healthrelay.core.errors import TryLater, Unknown
from healthrelay.core.json import Document, Versioned, to_object, to_text

APPLICATION = "plugindata/fitbit"
_NOT_REWRITTEN = "It is removed, but the store's file could not be rewritten: run it again"


class SqliteDatabase:
    """Two connections shared by all threads of the process: one writes, the other only reads.

    Each is opened when it is first used. Transactions are so short that to wait is cheaper than a
    connection a thread. Writers of other processes wait; no reader does, by the write-ahead log.
    """

    def __init__(self, path: str, timeout_seconds: float = BUSY_TIMEOUT_SECONDS) -> None:
        self.path = path
        self._timeout_seconds = timeout_seconds
        self._trouble: Unusable | None = None
        self._opening = threading.Lock()
        self._writing = threading.RLock()
        # Another connection to memory would be another database.
        self._reading = self._writing if path == MEMORY else threading.RLock()
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Read everything inside as it was at one instant. Raise as `translate_errors`."""
        with self.read_once() as connection, _transaction(connection, "BEGIN"):
            yield connection

    @contextmanager
    def read_once(self) -> Iterator[sqlite3.Connection]:
        """Read by one statement, which is of one instant by itself. Raise as `read`."""
        with self._reading:
            try:
                yield self._open_reader()
            except sqlite3.Error as error:
                raise meaning(error, self.path, "The store could not be read") from error

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Run a transaction: everything inside is written, or nothing.

        The write lock is taken before the first read, so that what was read stays true.
        Raise as `translate_errors`.
        """
        with self._writing, self._remember():
            connection = self._open_writer()
            with _transaction(connection, "BEGIN IMMEDIATE"):
                yield connection

    def require_writable(self) -> None:
        """Raise `Unusable` if the last write of this process met it."""
        if self._trouble:
            raise Unusable(self._trouble.sentence, self._trouble.next_step)

    @contextmanager
    def _remember(self) -> Iterator[None]:
        try:
            with translate_errors(self.path, "The store could not be written"):
                yield
        except Unusable as error:
            # The traceback would keep the connection.
            self._trouble = Unusable(error.sentence, error.next_step)
            raise
        self._trouble = None

    def rewrite(self) -> None:
        """Rewrite the file from what it still holds, so that no byte of the rest remains.

        A deleted row leaves copies: in free pages, in the log, and where the row had lain
        before its page was split. `PRAGMA secure_delete` wipes the first two only.
        """
        with self._writing, self._reading:
            with translate_errors(self.path, _NOT_REWRITTEN):
                connection = self._open_writer()
                connection.execute("VACUUM")
                busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy:
                raise TryLater(f"{_NOT_REWRITTEN}. Another process is reading it.")

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._writing, self._reading, self._opening:
            # The writer last: whoever closes last folds the log into the file.
            for connection in filter(None, (self._reader, self._writer)):
                connection.close()
            self._reader = self._writer = None

    def _open_reader(self) -> sqlite3.Connection:
        """Return the connection that reads: a poll needs no other."""
        if self.path == MEMORY:
            return self._open_writer()
        with self._opening:
            if self._reader is None:
                with opened(self.path, self._timeout_seconds) as reader:
                    if not is_migrated(reader):
                        self._migrated()
                    reader.execute("PRAGMA query_only = ON")
                    self._reader = kept_by(self, reader)
            return self._reader

    def _open_writer(self) -> sqlite3.Connection:
        with self._opening:
            return self._migrated()

    def _migrated(self) -> sqlite3.Connection:
        if self._writer is None:
            with opened(self.path, self._timeout_seconds) as writer:
                use_wal(writer)
                writer.execute("PRAGMA synchronous = NORMAL")
                if not is_migrated(writer):
                    with _transaction(writer, "BEGIN IMMEDIATE"):
                        apply_missing(writer)
                self._writer = kept_by(self, writer)
        return self._writer


class Table:
    """A port over the shared *database*."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database


def identity_path(user: str) -> str:
    """Return the path of the settings of *user*; everything else of theirs is below it."""
    return f"identities/{user}/plugindata/fitbit"


def invitations_path(user: str) -> str:
    return f"{identity_path(user)}/invitations"


def require_person(connection: sqlite3.Connection, user: str) -> None:
    """Raise `Unknown` for a stranger: a removed person must not come back in parts."""
    if stored_version(connection, identity_path(user)) == 0:
        raise Unknown(f"There is no user {user}.")


def stored_version(connection: sqlite3.Connection, path: str) -> int:
    """Return the version of the document at *path*, readable or not; 0 where there is none."""
    row = connection.execute("SELECT version FROM documents WHERE path = ?", (path,)).fetchone()
    return row[0] if row else 0


def load_document(
    connection: sqlite3.Connection, path: str, user: str, kind: str
) -> Versioned | None:
    """Return the document at *path*, which is the *kind* of *user*. Raise `Damaged`."""
    query = "SELECT data, version FROM documents WHERE path = ?"
    row = connection.execute(query, (path,)).fetchone()
    if row is None:
        return None
    return Versioned(read_stored(user, place(kind, path), to_object, row[0]), row[1])


def place(kind: str, path: str) -> str:
    """Return how an error names the document at *path*."""
    return f"{kind}, documents {path}"


def put_document(
    connection: sqlite3.Connection, path: str, user: str | None, document: Document
) -> int:
    """Write *document* and return its new version."""
    # Random, so that a document that is created again never looks like the one before it.
    version = secrets.randbits(62) + 1
    connection.execute(
        "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)",
        (path, user, version, to_text(document)),
    )
    return version


@contextmanager
def translate_errors(path: str, sentence: str) -> Iterator[None]:
    """Raise SQLite's errors as what they mean (`trouble.meaning`)."""
    try:
        yield
    except sqlite3.Error as error:
        raise meaning(error, path, sentence) from error


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    """Run what is inside as one transaction: all of it is written, or nothing."""
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()  # where there is still one
        raise
