"""One connection to a file: private to its owner, and closed again if it cannot be used."""

import os
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from healthrelay.adapters.sqlite.trouble import HELD, primary_code, unusable

BUSY_TIMEOUT_SECONDS = 30
MEMORY = ":memory:"


@contextmanager
def opened(path: str, timeout_seconds: float) -> Iterator[sqlite3.Connection]:
    """Open *path* for all threads, and close it if what is inside fails. Raise `Unusable`."""
    if path != MEMORY:
        _make_private(Path(path))
    connection = sqlite3.connect(
        path, timeout=timeout_seconds, isolation_level=None, check_same_thread=False
    )
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def kept_by(owner: object, connection: sqlite3.Connection) -> sqlite3.Connection:
    """Close *connection* when nobody has its *owner* any more; a process that ends need not."""
    weakref.finalize(owner, connection.close).atexit = False
    return connection


def _make_private(path: Path) -> None:
    """Create the file so that only the owner of the process may read it. Raise `Unusable`."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Closing an existing file releases the locks that another connection of ours has on it.
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise unusable(str(path), error) from error


def use_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging; SQLite's busy timeout does not cover this one lock."""
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if primary_code(error) not in HELD or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
