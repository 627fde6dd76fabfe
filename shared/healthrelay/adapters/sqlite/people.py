"""People: their settings, their poll keys, their grants, their rounds of consent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.documents import (
    APPLICATION,
    Table,
    identity_path,
    load_document,
    put_document,
    require_person,
)
from healthrelay.core.errors import Conflict

if TYPE_CHECKING:
    from healthrelay.ports.store import Document, Versioned


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
        with self._database.read() as connection:
            stored = load_document(connection, identity_path(user))
        return {name: str(value) for name, value in stored.document.items()} if stored else None

    def save(self, user: str, settings: Mapping[str, str]) -> None:
        with self._database.write() as connection:
            put_document(connection, identity_path(user), user, settings)

    def remove(self, user: str) -> bool:
        with self._database.write() as connection:
            known = load_document(connection, identity_path(user)) is not None
            connection.execute("DELETE FROM documents WHERE user = ?", (user,))
            connection.execute("DELETE FROM records WHERE user = ?", (user,))
            connection.execute("DELETE FROM log WHERE user = ?", (user,))
            connection.execute("DELETE FROM progress WHERE user = ?", (user,))
        # Also for a stranger: an earlier removal may have been cut short here.
        self._database.rewrite()
        return known

    def poll_key(self, user: str) -> str | None:
        with self._database.read() as connection:
            require_person(connection, user)
            stored = load_document(connection, f"{identity_path(user)}/poll-key")
        return str(stored.document["sha256"]) if stored else None

    def save_poll_key(self, user: str, hashed: str) -> None:
        with self._database.write() as connection:
            require_person(connection, user)
            put_document(connection, f"{identity_path(user)}/poll-key", user, {"sha256": hashed})

    def application(self) -> dict[str, str]:
        with self._database.read() as connection:
            stored = load_document(connection, APPLICATION)
        return {name: str(value) for name, value in stored.document.items()} if stored else {}

    def save_application(self, values: Mapping[str, str], before: Mapping[str, str]) -> None:
        with self._database.write() as connection:
            stored = load_document(connection, APPLICATION)
            if (dict(stored.document) if stored else {}) != before:
                raise Conflict("The application's values were changed in the meantime.")
            put_document(connection, APPLICATION, None, values)


class SqliteTokens(Table):
    """Sealed grants."""

    def load(self, user: str) -> Versioned | None:
        with self._database.read() as connection:
            return load_document(connection, f"{identity_path(user)}/token")

    def save(self, user: str, document: Document, expected: int) -> int:
        path = f"{identity_path(user)}/token"
        with self._database.write() as connection:
            require_person(connection, user)
            stored = load_document(connection, path)
            if (stored.version if stored else 0) != expected:
                raise Conflict(f"The grant of {user} was changed in the meantime.")
            return put_document(connection, path, user, document)

    def forget(self, user: str, expected: int) -> None:
        path = f"{identity_path(user)}/token"
        with self._database.write() as connection:
            require_person(connection, user)
            stored = load_document(connection, path)
            if stored is None or stored.version != expected:
                raise Conflict(f"The grant of {user} was changed in the meantime.")
            connection.execute("DELETE FROM documents WHERE path = ?", (path,))


class SqliteTargets(Table):
    """People's own targets, as one document each person."""

    def of(self, user: str) -> dict[str, Document]:
        with self._database.read() as connection:
            stored = load_document(connection, f"{identity_path(user)}/targets")
        return dict(stored.document) if stored else {}  # type: ignore[arg-type]

    def save(
        self, user: str, name: str, document: Document | None, before: Document | None
    ) -> None:
        path = f"{identity_path(user)}/targets"
        with self._database.write() as connection:
            require_person(connection, user)
            stored = load_document(connection, path)
            targets = dict(stored.document) if stored else {}
            if targets.pop(name, None) != before:
                raise Conflict(f"The target {name} of {user} was changed in the meantime.")
            put_document(
                connection,
                path,
                user,
                targets if document is None else targets | {name: dict(document)},
            )


class SqliteHandshakes(Table):
    """Used rounds of consent."""

    def use(self, nonce: str, until: datetime, now: datetime) -> bool:
        with self._database.write() as connection:
            connection.execute("DELETE FROM handshakes WHERE until < ?", (now.isoformat(),))
            written = connection.execute(
                "INSERT OR IGNORE INTO handshakes VALUES (?, ?)", (nonce, until.isoformat())
            )
            return written.rowcount == 1
