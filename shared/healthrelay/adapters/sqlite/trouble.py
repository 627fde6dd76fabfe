"""What SQLite's errors mean: what passes by itself, and what its owner has to do.

The codes are those of https://www.sqlite.org/rescode.html; an extended one has its primary one in
the lowest byte.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from healthrelay.core.damage import Damaged, Unusable
from healthrelay.core.errors import HealthrelayError, TryLater

HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
"""The codes of a file that somebody else holds for a moment."""
RESTORE = (
    "Stop what is running, move the file and those beside it that begin with its name away, and"
    " load a dump: healthrelay load FILE"
)
_DAMAGED = ("{file} is damaged or is no database", RESTORE)
_RIGHTS = (
    "{file} cannot be written to, or the folder that it lies in",
    "Let the user who runs healthrelay read and write {folder} and what is in it.",
)
_MEANINGS = {
    sqlite3.SQLITE_FULL: ("The disk of {file} is full", "Free some space on it."),
    sqlite3.SQLITE_IOERR: ("The disk of {file} fails", "Look at the disk, and at its free space."),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_ERROR: _DAMAGED,  # a table or a column is not there
    sqlite3.SQLITE_CANTOPEN: _RIGHTS,
    sqlite3.SQLITE_READONLY: _RIGHTS,
    sqlite3.SQLITE_PERM: _RIGHTS,
    sqlite3.SQLITE_AUTH: _RIGHTS,
}
"""Primary code → what is said of the file, and the next step."""


def primary_code(error: sqlite3.Error) -> int:
    """Return the kind of *error*; 0 where SQLite itself met none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def unusable(path: str, error: OSError) -> Unusable:
    """Return the error of a file that cannot be made at *path*."""
    saying, step = _RIGHTS
    return _unusable(path, saying, step, str(error.strerror))


def meaning(error: sqlite3.Error, path: str, sentence: str) -> HealthrelayError:
    """Return what *error* means for the file at *path*.

    `Unusable` and `Damaged` are the owner's; whatever else SQLite says is a `TryLater` with
    *sentence*, because another attempt may succeed.
    """
    if isinstance(error, sqlite3.OperationalError) and not hasattr(error, "sqlite_errorcode"):
        # Of the module itself, with the text in it: what was read is no UTF-8.
        return Damaged("", f"text, {Path(path).absolute()}")
    if known := _MEANINGS.get(primary_code(error)):
        return _unusable(path, *known, getattr(error, "sqlite_errorname", ""))
    return TryLater(f"{sentence} ({type(error).__name__}).")


def _unusable(path: str, saying: str, step: str, reason: str) -> Unusable:
    file = Path(path).absolute()
    names = {"file": file, "folder": file.parent}
    return Unusable(f"{saying.format(**names)} ({reason}).", step.format(**names))
