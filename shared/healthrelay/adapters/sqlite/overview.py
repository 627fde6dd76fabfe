"""Everybody at a glance, in the order in which they were added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite import record_rows
from healthrelay.adapters.sqlite.database import Table, require_person
from healthrelay.adapters.sqlite.log import load_following
from healthrelay.adapters.sqlite.order import names_in_order
from healthrelay.adapters.sqlite.reading import load_grant, load_invitations, load_settings
from healthrelay.adapters.sqlite.records import load_ledger
from healthrelay.adapters.sqlite.summaries import load_summary, put_summary
from healthrelay.core.damage import Damaged
from healthrelay.core.grants.grant_document import clear_part
from healthrelay.core.measurements.summary import NAMES, Summary, summarize
from healthrelay.ports.overview import PersonOverview

if TYPE_CHECKING:
    import sqlite3
    from datetime import date


class SqliteOverview(Table):
    """Everybody."""

    def person(self, user: str) -> PersonOverview:
        with self._database.read() as connection:
            require_person(connection, user)
            found = _load(connection, user)
        person = self._summarize(user, found) if isinstance(found, _Bare) else found
        if isinstance(person, Damaged):
            raise person
        return person

    def people(self) -> dict[str, PersonOverview | Damaged]:
        with self._database.read() as connection:
            people = {user: _load(connection, user) for user in names_in_order(connection)}
        return {
            user: self._summarize(user, person) if isinstance(person, _Bare) else person
            for user, person in people.items()
        }

    def charted(self, user: str, since: date | None) -> None:
        """Return nothing: reading a person's records is quick here."""

    def _summarize(self, user: str, person: PersonOverview) -> PersonOverview | Damaged:
        """Write the summary that an earlier version did not, or that cannot be read."""
        try:
            with self._database.write() as connection:
                require_person(connection, user)
                summary = summarize(record_rows.load_named(connection, user, NAMES))
                put_summary(connection, user, summary)
        except Damaged as error:
            return error
        return PersonOverview(*person[:-1], summary=summary)


class _Bare(PersonOverview):
    """One without a summary."""


def _load(connection: sqlite3.Connection, user: str) -> PersonOverview | Damaged:
    try:
        grant, summary = load_grant(connection, user), load_summary(connection, user)
        parts = (
            load_settings(connection, user) or {},
            clear_part(grant.document) if grant else None,
            load_invitations(connection, user),
            load_ledger(connection, user),
            load_following(connection, user),
        )
    except Damaged as error:
        return error
    empty: Summary = {}
    return _Bare(*parts, empty) if summary is None else PersonOverview(*parts, summary)
