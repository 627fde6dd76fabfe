"""The store's five ports over one SQLite file.

| table      | one row is                                                             |
|------------|------------------------------------------------------------------------|
| documents  | a document of the seed's schema: settings, sealed token, poll key hash |
| records    | one measurement; ``data`` is the element as Igor gets it               |
| log        | one change of a person's records: which keys, not which values         |
| delivered  | how far a target has followed a person's log                           |
| handshakes | a used round of consent, until its state would have expired anyway     |
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from healthrelay.adapters.sqlite.database import Database
from healthrelay.core.errors import Conflict, Unknown
from healthrelay.core.records import Delta, Record, Window
from healthrelay.ports import Document, Versioned

APPLICATION = "plugindata/fitbit"


def _identity(user: str) -> str:
    return f"identities/{user}/plugindata/fitbit"


class SqliteStore:
    """Satisfies `healthrelay.ports.Store`. *path* is a file name or ``:memory:``."""

    def __init__(self, path: str) -> None:
        self._database = Database(path)

    @cached_property
    def identities(self) -> SqliteIdentities:
        return SqliteIdentities(self._database)

    @cached_property
    def tokens(self) -> SqliteTokens:
        return SqliteTokens(self._database)

    @cached_property
    def handshakes(self) -> SqliteHandshakes:
        return SqliteHandshakes(self._database)

    @cached_property
    def records(self) -> SqliteRecords:
        return SqliteRecords(self._database)

    @cached_property
    def log(self) -> SqliteLog:
        return SqliteLog(self._database)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


class _Room:
    def __init__(self, database: Database) -> None:
        self._database = database


class SqliteIdentities(_Room):
    """People and settings."""

    def names(self) -> list[str]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT user FROM documents"
                " WHERE path = 'identities/' || user || '/plugindata/fitbit'"
            )
            return sorted(row[0] for row in rows)

    def settings(self, user: str) -> dict[str, str] | None:
        with self._database.read() as connection:
            found = _load(connection, _identity(user))
        return {name: str(value) for name, value in found.document.items()} if found else None

    def save(self, user: str, settings: Mapping[str, str]) -> None:
        with self._database.write() as connection:
            _put(connection, _identity(user), user, settings)

    def remove(self, user: str) -> bool:
        with self._database.write() as connection:
            known = _load(connection, _identity(user)) is not None
            connection.execute("DELETE FROM documents WHERE user = ?", (user,))
            connection.execute("DELETE FROM records WHERE user = ?", (user,))
            connection.execute("DELETE FROM log WHERE user = ?", (user,))
            connection.execute("DELETE FROM delivered WHERE user = ?", (user,))
        return known

    def poll_key(self, user: str) -> str | None:
        with self._database.read() as connection:
            _require(connection, user)
            found = _load(connection, f"{_identity(user)}/poll-key")
        return str(found.document["sha256"]) if found else None

    def save_poll_key(self, user: str, hashed: str) -> None:
        with self._database.write() as connection:
            _require(connection, user)
            _put(connection, f"{_identity(user)}/poll-key", user, {"sha256": hashed})

    def application(self) -> dict[str, str]:
        with self._database.read() as connection:
            found = _load(connection, APPLICATION)
        return {name: str(value) for name, value in found.document.items()} if found else {}

    def save_application(self, values: Mapping[str, str]) -> None:
        with self._database.write() as connection:
            _put(connection, APPLICATION, None, values)


class SqliteTokens(_Room):
    """Sealed grants."""

    def load(self, user: str) -> Versioned | None:
        with self._database.read() as connection:
            return _load(connection, f"{_identity(user)}/token")

    def save(self, user: str, document: Document, expected: int) -> None:
        path = f"{_identity(user)}/token"
        with self._database.write() as connection:
            _require(connection, user)
            found = _load(connection, path)
            if (found.version if found else 0) != expected:
                raise Conflict(f"The grant of {user} was changed meanwhile.")
            _put(connection, path, user, document)


class SqliteHandshakes(_Room):
    """Used rounds of consent."""

    def use(self, nonce: str, until: datetime, now: datetime) -> bool:
        with self._database.write() as connection:
            connection.execute("DELETE FROM handshakes WHERE until < ?", (now.isoformat(),))
            written = connection.execute(
                "INSERT OR IGNORE INTO handshakes VALUES (?, ?)", (nonce, until.isoformat())
            )
            return written.rowcount == 1


class SqliteRecords(_Room):
    """Measurements."""

    def within(self, user: str, windows: Iterable[Window]) -> list[Record]:
        with self._database.read() as connection:
            return [
                _record(row)
                for window in windows
                for row in connection.execute(
                    "SELECT series, key, local_time, data FROM records"
                    " WHERE user = ? AND series = ? AND local_time >= ? AND local_time < ?"
                    " ORDER BY local_time, key",
                    # '~' sorts behind every time of the last day.
                    (user, window.series, window.start.isoformat(), f"{window.end.isoformat()}~"),
                )
            ]

    def everything(self, user: str) -> list[Record]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT series, key, local_time, data FROM records WHERE user = ?"
                " ORDER BY series, local_time, key",
                (user,),
            )
            return [_record(row) for row in rows]

    def apply(self, user: str, delta: Delta, now: datetime) -> int:
        if not delta:
            with self._database.read() as connection:
                return _head(connection, user)
        with self._database.write() as connection:
            _require(connection, user)
            connection.executemany(
                "DELETE FROM records WHERE user = ? AND series = ? AND key = ?",
                [(user, r.series, r.key) for r in delta.removed],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)",
                [
                    (user, r.series, r.key, r.when, _text(r.data))
                    for r in (*delta.added, *delta.changed)
                ],
            )
            sequence = _head(connection, user) + 1
            connection.execute(
                "INSERT INTO log VALUES (?, ?, ?, ?)",
                (user, sequence, now.isoformat(), _text(_entry(delta))),
            )
            return sequence


class SqliteLog(_Room):
    """What changed, and who has been told."""

    def head(self, user: str) -> int:
        with self._database.read() as connection:
            return _head(connection, user)

    def delivered(self, user: str, target: str) -> int:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT sequence FROM delivered WHERE user = ? AND target = ?", (user, target)
            ).fetchone()
        return int(row[0]) if row else 0

    def mark_delivered(self, user: str, target: str, sequence: int) -> None:
        with self._database.write() as connection:
            _require(connection, user)
            connection.execute(
                "INSERT INTO delivered VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
                " SET sequence = max(sequence, excluded.sequence)",
                (user, target, sequence),
            )


def _require(connection: sqlite3.Connection, user: str) -> None:
    """Hold on to the person inside the transaction: a removed one must not come back in parts."""
    if _load(connection, _identity(user)) is None:
        raise Unknown(f"There is no user {user}.")


def _load(connection: sqlite3.Connection, path: str) -> Versioned | None:
    row = connection.execute(
        "SELECT data, version FROM documents WHERE path = ?", (path,)
    ).fetchone()
    return Versioned(json.loads(row[0]), row[1]) if row else None


def _put(connection: sqlite3.Connection, path: str, user: str | None, document: Document) -> None:
    # Versions are random, so that a document made anew never looks like the one before it.
    connection.execute(
        "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)",
        (path, user, secrets.randbits(62) + 1, _text(document)),
    )


def _head(connection: sqlite3.Connection, user: str) -> int:
    row = connection.execute("SELECT max(sequence) FROM log WHERE user = ?", (user,)).fetchone()
    return int(row[0] or 0)


def _record(row: tuple[str, str, str, str]) -> Record:
    return Record(row[0], row[1], row[2], json.loads(row[3]))


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _entry(delta: Delta) -> dict[str, dict[str, list[str]]]:
    """``{"added": {"body-weight": ["2026-11-01"]}, …}``: keys only, the values are records."""
    entry: dict[str, dict[str, list[str]]] = {}
    for what, records in (
        ("added", delta.added),
        ("changed", delta.changed),
        ("removed", delta.removed),
    ):
        for record in records:
            entry.setdefault(what, {}).setdefault(record.series, []).append(record.key)
    return entry
