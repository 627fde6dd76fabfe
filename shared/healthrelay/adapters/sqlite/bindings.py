"""Whose account each is: one document, changed in the transaction of what depends on it."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.database import Table, put_document, stored_version
from healthrelay.adapters.sqlite.reading import load_grant
from healthrelay.adapters.sqlite.record_rows import newest_sequence
from healthrelay.core.damage import Damaged

if TYPE_CHECKING:
    import sqlite3

    from healthrelay.core.grants.bindings import Bindings
    from healthrelay.core.json import Document
    from healthrelay.ports.store import Bind

PATH = "plugindata/accounts"
_PEOPLE = "SELECT user FROM documents WHERE path = 'identities/' || user || '/plugindata/fitbit'"


class SqliteAccounts(Table):
    """The port over it."""

    def load(self) -> Bindings:
        with self._database.read() as connection:
            return load_bindings(connection)

    def change(self, bind: Bind) -> None:
        with self._database.write() as connection:
            change_bindings(connection, bind)


def load_bindings(connection: sqlite3.Connection) -> Bindings:
    """Return the bindings; of a store without, what its grants say."""
    from healthrelay.core.grants.bindings import Bindings  # noqa: PLC0415 - a fetch needs none
    from healthrelay.core.grants.damaged_bindings import read_bindings  # noqa: PLC0415 - as above

    row = connection.execute("SELECT data FROM documents WHERE path = ?", (PATH,)).fetchone()
    grants, measured = partial(_load_grants, connection), partial(_load_measured, connection)
    return read_bindings(row[0], grants, measured) if row else Bindings.of_grants(grants())


def _load_grants(connection: sqlite3.Connection) -> dict[str, Document]:
    """Return person → grant, without those that cannot be read."""
    grants = {}
    for user in _people(connection):
        with suppress(Damaged):
            if stored := load_grant(connection, user):
                grants[user] = stored.document
    return grants


def _load_measured(connection: sqlite3.Connection) -> set[str]:
    """Return of whom there are measurements, or were: their log has an entry."""
    return {user for user in _people(connection) if newest_sequence(connection, user)}


def _people(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT user FROM documents WHERE path = 'identities/' || user || '/plugindata/fitbit'"
    )
    return [user for (user,) in rows]


def change_bindings(connection: sqlite3.Connection, bind: Bind) -> None:
    """Store what *bind* makes of the bindings."""
    document = bind(load_bindings(connection)).to_document()
    put_document(connection, PATH, None, document)


def keep_bindings(connection: sqlite3.Connection) -> None:
    """Write the bindings down, before a grant that they come from is gone."""
    if stored_version(connection, PATH) == 0:
        change_bindings(connection, lambda bindings: bindings)


def release_accounts(connection: sqlite3.Connection, user: str) -> None:
    """Let the accounts of *user*, who is removed, be nobody's."""
    if stored_version(connection, PATH):
        change_bindings(connection, lambda bindings: bindings.replace(user, ()))
