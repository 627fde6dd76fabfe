"""Measurements, the log of their changes, and how far each target has followed it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from healthrelay.adapters.sqlite import record_rows
from healthrelay.adapters.sqlite.database import (
    Table,
    identity_path,
    load_document,
    newest_sequence,
    place,
    put_document,
    require_person,
)
from healthrelay.adapters.sqlite.reading import UNITS, read_entries, read_progress, read_system
from healthrelay.core.damage import Damaged, read_stored
from healthrelay.core.delivery.entries import Entry, changed_keys
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.json import to_text
from healthrelay.core.measurements.records import Delta, Names, Record, Window
from healthrelay.ports.delivery import Following
from healthrelay.ports.store import Everything

if TYPE_CHECKING:
    import sqlite3

    from healthrelay.core.measurements.ledger import Ledger


class SqliteRecords(Table):
    """Measurements."""

    def within(self, user: str, windows: Iterable[Window]) -> list[Record]:
        with self._database.read() as connection:
            return record_rows.load_within(connection, user, windows)

    def everything(self, user: str) -> list[Record]:
        with self._database.read() as connection:
            return record_rows.load_all(connection, user)

    def everything_since(self, user: str, version: str) -> Everything | None:
        with self._database.read() as connection:
            head = newest_sequence(connection, user)
            # An earlier version knows no versions. What it writes beside us moves the head.
            current = f"{head}.{record_rows.load_version(connection, user)}"
            if current == version:
                return None
            return Everything(current, head, record_rows.load_all(connection, user))

    def named(self, user: str, names: Names) -> list[Record]:
        with self._database.read() as connection:
            return record_rows.load_named(connection, user, names)

    def ledger(self, user: str) -> Ledger:
        with self._database.read() as connection:
            return load_ledger(connection, user)

    def apply(self, user: str, delta: Delta, now: datetime, ledger: Ledger | None = None) -> int:
        if not delta and ledger is None:
            with self._database.read() as connection:
                return newest_sequence(connection, user)
        with self._database.write() as connection:
            require_person(connection, user)
            if ledger is not None:
                put_ledger(connection, user, ledger)
            record_rows.write(connection, user, delta)
            if not delta.is_news:
                return newest_sequence(connection, user)
            return append_entry(connection, user, changed_keys(delta), now)

    def renew(self, user: str) -> None:
        with self._database.write() as connection:
            require_person(connection, user)
            put_ledger(connection, user, load_ledger(connection, user).renew(), renews=True)


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
            gone = connection.execute(
                "DELETE FROM log WHERE user = ? AND sequence < ?", (user, first or 0)
            )
            return gone.rowcount

    def following(self, user: str) -> Following:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT target, data FROM progress WHERE user = ? ORDER BY target", (user,)
            ).fetchall()
            targets = {target: read_progress(user, target, data) for target, data in rows}
            head = newest_sequence(connection, user)
            return Following(head, targets, load_system(connection, user))

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


def load_ledger(connection: sqlite3.Connection, user: str) -> Ledger:
    from healthrelay.core.measurements import ledger_document  # noqa: PLC0415 - a poll needs none

    path, kind = _user_path(user), "ledger"
    stored = load_document(connection, path, user, kind)
    document: Mapping[str, Any] = stored.document if stored else {}
    parts = document.get("ledger"), document.get("covered")
    return read_stored(user, place(kind, path), ledger_document.from_stored, *parts)


def put_ledger(
    connection: sqlite3.Connection, user: str, ledger: Ledger, *, renews: bool = False
) -> None:
    """Write *ledger*. Raise `Conflict` if it is of another epoch and *renews* none."""
    from healthrelay.core.measurements import ledger_document  # noqa: PLC0415 - as above

    stored = load_ledger(connection, user)
    if not renews:
        ledger_document.require_same_epoch(stored, ledger, user)
    if stored.units != ledger.units:
        record_rows.renew_version(connection, user)
    document = {"ledger": dict(ledger_document.to_document(ledger))}
    put_document(connection, _user_path(user), user, document)


def _user_path(user: str) -> str:
    return f"sensors/fitbit/{user}"


def _system_path(user: str) -> str:
    return f"{identity_path(user)}/told"
