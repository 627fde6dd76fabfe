"""Measurements, and how well each day of them is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthrelay.adapters.sqlite import record_rows
from healthrelay.adapters.sqlite.database import (
    Table,
    load_document,
    place,
    put_document,
    require_person,
)
from healthrelay.core.damage import read_stored
from healthrelay.core.measurements.records import Everything

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from healthrelay.core.measurements.ledger import Ledger
    from healthrelay.core.measurements.reading import Delta, Window
    from healthrelay.core.measurements.records import Names, Record


class SqliteRecords(Table):
    """Measurements."""

    def within(self, user: str, windows: Iterable[Window]) -> list[Record]:
        with self._database.read() as connection:
            return record_rows.load_within(connection, user, windows)

    def everything(self, user: str) -> list[Record]:
        with self._database.read() as connection:
            return record_rows.load_all(connection, user)

    def everything_since(self, user: str, version: str) -> Everything | None:
        with self._database.read_once() as connection:
            head, current = record_rows.load_version(connection, user)
        if current == version:
            return None
        with self._database.read() as connection:
            head, current = record_rows.load_version(connection, user)
            return Everything(current, head, record_rows.load_all(connection, user))

    def named(self, user: str, names: Names) -> list[Record]:
        with self._database.read() as connection:
            return record_rows.load_named(connection, user, names)

    def series(self, user: str) -> list[str]:
        with self._database.read() as connection:
            return record_rows.load_series(connection, user)

    def ledger(self, user: str) -> Ledger:
        with self._database.read() as connection:
            return load_ledger(connection, user)

    def apply(self, user: str, delta: Delta, now: datetime, ledger: Ledger | None = None) -> int:
        if not delta and ledger is None:
            with self._database.read() as connection:
                return record_rows.newest_sequence(connection, user)
        from healthrelay.adapters.sqlite.log import append_entry  # noqa: PLC0415 - a poll writes none
        from healthrelay.adapters.sqlite.summaries import write_summary  # noqa: PLC0415
        from healthrelay.core.delivery.entries import changed_keys  # noqa: PLC0415

        with self._database.write() as connection:
            require_person(connection, user)
            if ledger is not None:
                put_ledger(connection, user, ledger)
            write_summary(connection, user, delta)
            record_rows.write(connection, user, delta)
            if not delta.is_news:
                return record_rows.newest_sequence(connection, user)
            return append_entry(connection, user, changed_keys(delta), now)

    def renew(self, user: str) -> None:
        with self._database.write() as connection:
            require_person(connection, user)
            put_ledger(connection, user, load_ledger(connection, user).renew(), renews=True)


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
