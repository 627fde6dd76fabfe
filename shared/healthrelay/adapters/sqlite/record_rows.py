"""The rows of a person's records, and the version that changes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.database import put_document
from healthrelay.adapters.sqlite.reading import read_records
from healthrelay.core.json import to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from healthrelay.core.measurements.reading import Delta, Window
    from healthrelay.core.measurements.records import Names, Record

_SELECT = "SELECT series, key, local_time, data, origin FROM records WHERE user = ?"
_ALL = f"{_SELECT} ORDER BY series, local_time, key"
_SERIES = f"{_SELECT} AND series = ? ORDER BY local_time, key"
_KEYS = (
    "SELECT series, key, local_time, data, origin FROM records WHERE user = ? AND series = ?"
    " AND key IN (SELECT value FROM json_each(?))"
)
"""In no order: for one by time SQLite would read all of the series, by the index."""
_WITHIN = (
    f"{_SELECT} AND series = ? AND local_time >= ? AND local_time < ? ORDER BY local_time, key"
)
_NEXT_SERIES = "SELECT min(series) FROM records WHERE user = ? AND series > ?"
_VERSION = (
    "SELECT (SELECT max(sequence) FROM log WHERE user = ?),"
    " (SELECT version FROM documents WHERE path = ?)"
)


def load_all(connection: sqlite3.Connection, user: str) -> list[Record]:
    return read_records(user, connection.execute(_ALL, (user,)).fetchall())


def load_within(
    connection: sqlite3.Connection, user: str, windows: Iterable[Window]
) -> list[Record]:
    records: list[Record] = []
    for window in windows:
        # '~' sorts behind every time of the last day.
        days = window.start.isoformat(), f"{window.end.isoformat()}~"
        rows = connection.execute(_WITHIN, (user, window.series, *days)).fetchall()
        records += read_records(user, rows)
    return records


def load_named(connection: sqlite3.Connection, user: str, names: Names) -> list[Record]:
    records: list[Record] = []
    for series, keys in names.items():
        if keys is None:
            rows = connection.execute(_SERIES, (user, series)).fetchall()
        else:
            rows = connection.execute(_KEYS, (user, series, to_text(sorted(keys)))).fetchall()
        records += read_records(user, rows)
    return records


def load_series(connection: sqlite3.Connection, user: str) -> list[str]:
    """Return the series that have rows: each is one step in the index, however many it has."""
    found = [""]
    while following := connection.execute(_NEXT_SERIES, (user, found[-1])).fetchone()[0]:
        found.append(following)
    return found[1:]


def write(connection: sqlite3.Connection, user: str, delta: Delta) -> None:
    if delta:
        renew_version(connection, user)
    connection.executemany(
        "DELETE FROM records WHERE user = ? AND series = ? AND key = ?",
        [(user, r.series, r.key) for r in delta.removed],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?)",
        [(user, r.series, r.key, r.when, to_text(r.data), r.origin) for r in delta.written],
    )


def newest_sequence(connection: sqlite3.Connection, user: str) -> int:
    """Return the number of the person's newest log entry; 0 before the first."""
    row = connection.execute("SELECT max(sequence) FROM log WHERE user = ?", (user,)).fetchone()
    return int(row[0] or 0)


def load_version(connection: sqlite3.Connection, user: str) -> tuple[int, str]:
    """Return the log's head, and what changes with the records; one statement."""
    head, version = connection.execute(_VERSION, (user, _version_path(user))).fetchone()
    # An earlier version of healthrelay renews none. What it writes beside us moves the head.
    return head or 0, f"{head or 0}.{version or 0}"


def renew_version(connection: sqlite3.Connection, user: str) -> None:
    # Random, as that of any document: the one of somebody who was removed does not come again.
    put_document(connection, _version_path(user), user, {})


def _version_path(user: str) -> str:
    return f"sensors/fitbit/{user}/version"
