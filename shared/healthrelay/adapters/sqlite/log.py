"""The log of a person's changes, and how far each target has followed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.database import (
    Table,
    identity_path,
    load_document,
    put_document,
    require_person,
)
from healthrelay.adapters.sqlite.reading import (
    UNITS,
    check_instants,
    read_entries,
    read_progress,
    read_system,
)
from healthrelay.adapters.sqlite.record_rows import newest_sequence
from healthrelay.core.damage import Damaged
from healthrelay.core.delivery.following import Following
from healthrelay.core.json import to_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from healthrelay.core.delivery.entries import Entry
    from healthrelay.core.delivery.progress import Progress


class SqliteLog(Table):
    """Entries, and how far each target has followed them."""

    def head(self, user: str) -> int:
        with self._database.read() as connection:
            return newest_sequence(connection, user)

    def after(self, user: str, sequence: int, limit: int) -> list[Entry]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT sequence, at, entry FROM log WHERE user = ? AND sequence > ?"
                " ORDER BY sequence LIMIT ?",
                (user, sequence, limit),
            ).fetchall()
            return read_entries(user, rows)

    def prune(self, user: str, before: datetime) -> int:
        with self._database.write() as connection:
            # Only from the oldest on, so that the rest has no gap.
            first = connection.execute(
                "SELECT min(sequence) FROM log WHERE user = ? AND (at >= ? OR sequence ="
                " (SELECT max(sequence) FROM log WHERE user = ?))",
                (user, before.isoformat(), user),
            ).fetchone()[0]
            where = "FROM log WHERE user = ? AND sequence < ?", (user, first or 0)
            # SQLite compares any junk: what is to go must have an instant.
            check_instants(
                user, connection.execute(f"SELECT sequence, at {where[0]}", where[1]).fetchall()
            )
            return connection.execute(f"DELETE {where[0]}", where[1]).rowcount

    def following(self, user: str) -> Following:
        with self._database.read() as connection:
            return load_following(connection, user)

    def followings(self) -> dict[str, Following | Damaged]:
        with self._database.read() as connection:
            users = connection.execute(
                "SELECT user FROM documents"
                " WHERE path = 'identities/' || user || '/plugindata/fitbit' ORDER BY user"
            ).fetchall()
        followings: dict[str, Following | Damaged] = {}
        for (user,) in users:
            try:
                followings[user] = self.following(user)
            except Damaged as error:
                followings[user] = error
        return followings

    def save(
        self, user: str, target: str, progress: Progress | None, *, still: bool = False
    ) -> None:
        with self._database.write() as connection:
            require_person(connection, user)
            where = (user, target)
            if progress is None:
                connection.execute("DELETE FROM progress WHERE user = ? AND target = ?", where)
                return
            known = connection.execute(
                "SELECT data FROM progress WHERE user = ? AND target = ?", where
            ).fetchone()
            if known is None and still:
                return
            newest = read_progress(user, target, known[0]).sequence if known else 0
            if newest <= progress.sequence:
                connection.execute(
                    "INSERT OR REPLACE INTO progress VALUES (?, ?, ?)",
                    (*where, to_text(progress.to_document())),
                )

    def retell(self, user: str, system: str, whole: Collection[str], now: datetime) -> None:
        with self._database.write() as connection:
            require_person(connection, user)
            if load_system(connection, user) == system:
                return
            put_system(connection, user, system)
            if whole:
                append_entry(connection, user, {"whole": sorted(whole)}, now)


def load_following(connection: sqlite3.Connection, user: str) -> Following:
    """Return the head of the log, and how far each target has followed it."""
    rows = connection.execute(
        "SELECT target, data FROM progress WHERE user = ? ORDER BY target", (user,)
    ).fetchall()
    targets = {target: read_progress(user, target, data) for target, data in rows}
    return Following(newest_sequence(connection, user), targets, load_system(connection, user))


def load_system(connection: sqlite3.Connection, user: str) -> str:
    """Return the unit system in which the person's targets are told."""
    stored = load_document(connection, _system_path(user), user, UNITS)
    return read_system(user, _system_path(user), stored.document) if stored else ""


def put_system(connection: sqlite3.Connection, user: str, system: str) -> None:
    put_document(connection, _system_path(user), user, {"system": system})


def append_entry(
    connection: sqlite3.Connection, user: str, entry: Mapping[str, object], now: datetime
) -> int:
    """Write the next *entry* of the log; return its number."""
    sequence = newest_sequence(connection, user) + 1
    connection.execute(
        "INSERT INTO log VALUES (?, ?, ?, ?)", (user, sequence, now.isoformat(), to_text(entry))
    )
    return sequence


def _system_path(user: str) -> str:
    return f"{identity_path(user)}/told"
