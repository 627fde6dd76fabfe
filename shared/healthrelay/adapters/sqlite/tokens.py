"""People's sealed grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.bindings import change_bindings, keep_bindings
from healthrelay.adapters.sqlite.database import (
    Table,
    identity_path,
    put_document,
    require_person,
    stored_version,
)
from healthrelay.adapters.sqlite.identities import put_invitations
from healthrelay.adapters.sqlite.reading import load_grant, load_invitations
from healthrelay.core.errors import Conflict

if TYPE_CHECKING:
    from healthrelay.core.grants.invitations import Admission
    from healthrelay.core.json import Document, Versioned
    from healthrelay.ports.store import Bind


class SqliteTokens(Table):
    """Sealed grants."""

    def load(self, user: str) -> Versioned | None:
        with self._database.read() as connection:
            return load_grant(connection, user)

    def save(
        self,
        user: str,
        document: Document,
        expected: int,
        admission: Admission | None = None,
        bind: Bind | None = None,
    ) -> int:
        path = f"{identity_path(user)}/token"
        with self._database.write() as connection:
            require_person(connection, user)
            if stored_version(connection, path) != expected:
                raise Conflict(f"The grant of {user} was changed in the meantime.")
            if admission:
                spent = load_invitations(connection, user).spend(admission)
                put_invitations(connection, user, spent)
            if bind:
                change_bindings(connection, bind)
            return put_document(connection, path, user, document)

    def forget(self, user: str, expected: int) -> None:
        path = f"{identity_path(user)}/token"
        with self._database.write() as connection:
            require_person(connection, user)
            if stored_version(connection, path) != expected or not expected:
                raise Conflict(f"The grant of {user} was changed in the meantime.")
            keep_bindings(connection)
            connection.execute("DELETE FROM documents WHERE path = ?", (path,))
