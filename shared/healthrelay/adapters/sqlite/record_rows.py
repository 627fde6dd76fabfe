"""The rows of a person's records, and the version that changes with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from healthrelay.adapters.sqlite.database import put_document, stored_version
from healthrelay.adapters.sqlite.reading import read_records
from healthrelay.core.json import to_text
from healthrelay.core.measurements.records import Delta, Names, Record, Window

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


def load_version(connection: sqlite3.Connection, user: str) -> int:
    """Return what the last `renew_version` stored; 0 where an earlier version wrote last."""
    return stored_version(connection, _version_path(user))


def renew_version(connection: sqlite3.Connection, user: str) -> None:
    # Random, as that of any document: the one of somebody who was removed does not come again.
    put_document(connection, _version_path(user), user, {})


def _version_path(user: str) -> str:
    return f"sensors/fitbit/{user}/version"
