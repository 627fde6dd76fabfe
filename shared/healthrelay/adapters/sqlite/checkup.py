"""What is wrong with the store's file itself: by SQLite's own check, and who may read it."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.trouble import RESTORE
from healthrelay.core.damage import Unusable
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.plural import count

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from healthrelay.adapters.sqlite.database import SqliteDatabase

OTHERS = stat.S_IRWXG | stat.S_IRWXO
_BESIDE = ("", "-wal", "-shm")


def find_problems(database: SqliteDatabase) -> list[HealthrelayError]:
    """Return what is wrong with the *database*, and with its files."""
    try:
        with database.read() as connection:
            return [*_problems(connection, database.path)]
    except HealthrelayError as error:
        return [error]


def _problems(connection: sqlite3.Connection, path: str) -> Iterator[HealthrelayError]:
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(100)")]
    if found != ["ok"]:
        file, places = Path(path).absolute(), count(len(found), "place")
        # Not what it found: that may quote a key of a record.
        yield Unusable(f"{file} is damaged in {places}, says SQLite's own check.", RESTORE)
    for end in _BESIDE:
        yield from open_to_others(Path(f"{path}{end}"))


def open_to_others(path: Path) -> Iterator[HealthrelayError]:
    """Yield the error of a file that others may read or write; none where there is no file."""
    file = path.absolute()
    mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0
    if mode & OTHERS:
        sentence = f"{file} is not its owner's alone: others may use it (mode {mode:04o})."
        yield Unusable(sentence, f"chmod 600 {file}")
