"""People, their settings, their keys and their invitations; the application's values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.database import (
    APPLICATION,
    Table,
    identity_path,
    invitations_path,
    put_document,
    require_person,
    stored_version,
)
from healthrelay.adapters.sqlite.reading import (
    load_application,
    load_invitations,
    load_poll_key,
    load_settings,
)
from healthrelay.core.errors import Conflict

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from healthrelay.core.grants.invitations import Invitations


class SqliteIdentities(Table):
    """People and settings."""

    def names(self) -> list[str]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT user FROM documents"
                " WHERE path = 'identities/' || user || '/plugindata/fitbit'"
            )
            return sorted(row[0] for row in rows)

    def settings(self, user: str) -> dict[str, str] | None:
        with self._database.read_once() as connection:
            return load_settings(connection, user)

    def save(self, user: str, settings: Mapping[str, str]) -> None:
        with self._database.write() as connection:
            if stored_version(connection, identity_path(user)) == 0:
                from healthrelay.adapters.sqlite.order import put_number  # noqa: PLC0415 - once
                from healthrelay.core.grants.invitations import Invitations  # noqa: PLC0415

                put_number(connection, user)
                put_invitations(connection, user, Invitations.create())
            put_document(connection, identity_path(user), user, settings)

    def remove(self, user: str) -> bool:
        from healthrelay.adapters.sqlite.bindings import release_accounts  # noqa: PLC0415 - once

        with self._database.write() as connection:
            known = stored_version(connection, identity_path(user)) != 0
            release_accounts(connection, user)
            connection.execute("DELETE FROM documents WHERE user = ?", (user,))
            connection.execute("DELETE FROM records WHERE user = ?", (user,))
            connection.execute("DELETE FROM log WHERE user = ?", (user,))
            connection.execute("DELETE FROM progress WHERE user = ?", (user,))
        # Also for a stranger: an earlier removal may have been cut short here.
        self._database.rewrite()
        return known

    def poll_key(self, user: str) -> str | None:
        with self._database.read_once() as connection:
            key = load_poll_key(connection, user)
        if key is None:
            with self._database.read_once() as connection:
                require_person(connection, user)
        return key

    def save_poll_key(self, user: str, hashed: str) -> None:
        with self._database.write() as connection:
            require_person(connection, user)
            put_document(connection, f"{identity_path(user)}/poll-key", user, {"sha256": hashed})

    def invitations(self, user: str) -> Invitations:
        with self._database.read() as connection:
            require_person(connection, user)
            return load_invitations(connection, user)

    def renew_invitations(self, user: str, before: str) -> Invitations:
        with self._database.write() as connection:
            require_person(connection, user)
            stored = load_invitations(connection, user)
            if stored.person != before:
                return stored
            return put_invitations(connection, user, stored.create())

    def change_invitations(
        self, user: str, change: Callable[[Invitations], Invitations]
    ) -> Invitations:
        with self._database.write() as connection:
            require_person(connection, user)
            return put_invitations(connection, user, change(load_invitations(connection, user)))

    def application(self) -> dict[str, str]:
        with self._database.read_once() as connection:
            return load_application(connection) or {}

    def save_application(self, values: Mapping[str, str], before: Mapping[str, str]) -> None:
        with self._database.write() as connection:
            if (load_application(connection) or {}) != before:
                raise Conflict("The application's values were changed in the meantime.")
            put_document(connection, APPLICATION, None, values)


def put_invitations(
    connection: sqlite3.Connection, user: str, invitations: Invitations
) -> Invitations:
    """Write and return *invitations* of *user*."""
    put_document(connection, invitations_path(user), user, invitations.to_document())
    return invitations
