"""Whose account each is: one document, changed in the transaction of what depends on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.database import Table, load_document, put_document

if TYPE_CHECKING:
    import sqlite3

    from healthrelay.core.grants.bindings import Bindings
    from healthrelay.ports.store import Bind

PATH = "plugindata/accounts"


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

    if stored := load_document(connection, PATH):
        return Bindings.from_document(stored.document)
    rows = connection.execute(
        "SELECT user, data FROM documents"
        " WHERE path = 'identities/' || user || '/plugindata/fitbit/token'"
    )
    return Bindings.of_grants({user: json.loads(data) for user, data in rows})


def change_bindings(connection: sqlite3.Connection, bind: Bind) -> None:
    """Store what *bind* makes of the bindings."""
    document = bind(load_bindings(connection)).to_document()
    put_document(connection, PATH, None, document)


def keep_bindings(connection: sqlite3.Connection) -> None:
    """Write the bindings down, before a grant that they come from is gone."""
    if load_document(connection, PATH) is None:
        change_bindings(connection, lambda bindings: bindings)


def release_accounts(connection: sqlite3.Connection, user: str) -> None:
    """Let the accounts of *user*, who is removed, be nobody's."""
    if load_document(connection, PATH):
        change_bindings(connection, lambda bindings: bindings.replace(user, ()))
