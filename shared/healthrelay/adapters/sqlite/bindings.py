"""Whose account each is: one document, changed in the transaction of what depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.database import (
    Table,
    identity_path,
    load_document,
    place,
    put_document,
    stored_version,
)
from healthrelay.core.damage import GRANT, read_stored

if TYPE_CHECKING:
    import sqlite3

    from healthrelay.core.grants.bindings import Bindings
    from healthrelay.ports.store import Bind

PATH = "plugindata/accounts"
KIND = "accounts"


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

    if stored := load_document(connection, PATH, "", KIND):
        return read_stored("", place(KIND, PATH), Bindings.from_document, stored.document)
    users = connection.execute(
        "SELECT user FROM documents"
        " WHERE path = 'identities/' || user || '/plugindata/fitbit/token'"
    ).fetchall()
    grants = {u: load_document(connection, f"{identity_path(u)}/token", u, GRANT) for (u,) in users}
    return Bindings.of_grants({user: one.document for user, one in grants.items() if one})


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
