"""People: their settings, their poll keys, their grants, their rounds of consent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.documents import APPLICATION, Room, identity, load, put, require
from healthrelay.core.errors import Conflict

if TYPE_CHECKING:
    from healthrelay.ports.store import Document, Versioned


class SqliteIdentities(Room):
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
            found = load(connection, identity(user))
        return {name: str(value) for name, value in found.document.items()} if found else None

    def save(self, user: str, settings: Mapping[str, str]) -> None:
        with self._database.write() as connection:
            put(connection, identity(user), user, settings)

    def remove(self, user: str) -> bool:
        with self._database.write() as connection:
            known = load(connection, identity(user)) is not None
            connection.execute("DELETE FROM documents WHERE user = ?", (user,))
            connection.execute("DELETE FROM records WHERE user = ?", (user,))
            connection.execute("DELETE FROM log WHERE user = ?", (user,))
            connection.execute("DELETE FROM progress WHERE user = ?", (user,))
        # Also for a stranger: the one before may have been cut short here.
        self._database.rewrite()
        return known

    def poll_key(self, user: str) -> str | None:
        with self._database.read() as connection:
            require(connection, user)
            found = load(connection, f"{identity(user)}/poll-key")
        return str(found.document["sha256"]) if found else None

    def save_poll_key(self, user: str, hashed: str) -> None:
        with self._database.write() as connection:
            require(connection, user)
            put(connection, f"{identity(user)}/poll-key", user, {"sha256": hashed})

    def application(self) -> dict[str, str]:
        with self._database.read() as connection:
            found = load(connection, APPLICATION)
        return {name: str(value) for name, value in found.document.items()} if found else {}

    def save_application(self, values: Mapping[str, str], before: Mapping[str, str]) -> None:
        with self._database.write() as connection:
            found = load(connection, APPLICATION)
            if (dict(found.document) if found else {}) != before:
                raise Conflict("The application's values were changed meanwhile.")
            put(connection, APPLICATION, None, values)


class SqliteTokens(Room):
    """Sealed grants."""

    def load(self, user: str) -> Versioned | None:
        with self._database.read() as connection:
            return load(connection, f"{identity(user)}/token")

    def save(self, user: str, document: Document, expected: int) -> int:
        path = f"{identity(user)}/token"
        with self._database.write() as connection:
            require(connection, user)
            found = load(connection, path)
            if (found.version if found else 0) != expected:
                raise Conflict(f"The grant of {user} was changed meanwhile.")
            return put(connection, path, user, document)

    def forget(self, user: str, expected: int) -> None:
        path = f"{identity(user)}/token"
        with self._database.write() as connection:
            require(connection, user)
            found = load(connection, path)
            if found is None or found.version != expected:
                raise Conflict(f"The grant of {user} was changed meanwhile.")
            connection.execute("DELETE FROM documents WHERE path = ?", (path,))


class SqliteTargets(Room):
    """People's own targets, as one document each person."""

    def of(self, user: str) -> dict[str, Document]:
        with self._database.read() as connection:
            found = load(connection, f"{identity(user)}/targets")
        return dict(found.document) if found else {}  # type: ignore[arg-type]

    def save(
        self, user: str, name: str, document: Document | None, before: Document | None
    ) -> None:
        path = f"{identity(user)}/targets"
        with self._database.write() as connection:
            require(connection, user)
            found = load(connection, path)
            kept = dict(found.document) if found else {}
            if kept.pop(name, None) != before:
                raise Conflict(f"The target {name} of {user} was changed meanwhile.")
            put(connection, path, user, kept if document is None else kept | {name: dict(document)})


class SqliteHandshakes(Room):
    """Used rounds of consent."""

    def use(self, nonce: str, until: datetime, now: datetime) -> bool:
        with self._database.write() as connection:
            connection.execute("DELETE FROM handshakes WHERE until < ?", (now.isoformat(),))
            written = connection.execute(
                "INSERT OR IGNORE INTO handshakes VALUES (?, ?)", (nonce, until.isoformat())
            )
            return written.rowcount == 1
