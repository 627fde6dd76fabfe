"""The store's eight ports over one SQLite file.

| table      | one row is                                                             |
|------------|------------------------------------------------------------------------|
| documents  | a document of the seed's schema: settings, sealed token …; each ledger |
| records    | one measurement and its origin; ``data`` is in the legacy Fitbit shape |
| log        | one change of a person's records: which keys, not which values         |
| progress   | how far a target has followed a person's log, and how it is doing      |
| handshakes | a used round of consent, until its state would have expired anyway     |
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.bindings import (
    SqliteAccounts,
    change_bindings,
    keep_bindings,
    release_accounts,
)
from healthrelay.adapters.sqlite.database import (
    APPLICATION,
    BUSY_TIMEOUT_SECONDS,
    SqliteDatabase,
    Table,
    identity_path,
    invitations_path,
    put_document,
    require_person,
    stored_version,
)
from healthrelay.adapters.sqlite.reading import (
    load_application,
    load_grant,
    load_invitations,
    load_poll_key,
    load_settings,
    load_targets,
)
from healthrelay.core.errors import Conflict

if TYPE_CHECKING:
    import sqlite3

    from healthrelay.adapters.sqlite.measurements import SqliteLog, SqliteRecords
    from healthrelay.adapters.sqlite.runs import SqliteRuns
    from healthrelay.core.errors import HealthrelayError
    from healthrelay.core.grants.invitations import Admission, Invitations
    from healthrelay.core.json import Document, Versioned
    from healthrelay.ports.store import Bind, PersonDump


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
            return load_settings(connection, user)

    def save(self, user: str, settings: Mapping[str, str]) -> None:
        with self._database.write() as connection:
            if stored_version(connection, identity_path(user)) == 0:
                from healthrelay.core.grants.invitations import Invitations  # noqa: PLC0415

                _put_invitations(connection, user, Invitations.create())
            put_document(connection, identity_path(user), user, settings)

    def remove(self, user: str) -> bool:
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
        with self._database.read() as connection:
            require_person(connection, user)
            return load_poll_key(connection, user)

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
            return _put_invitations(connection, user, stored.create())

    def application(self) -> dict[str, str]:
        with self._database.read() as connection:
            return load_application(connection) or {}

    def save_application(self, values: Mapping[str, str], before: Mapping[str, str]) -> None:
        with self._database.write() as connection:
            if (load_application(connection) or {}) != before:
                raise Conflict("The application's values were changed in the meantime.")
            put_document(connection, APPLICATION, None, values)


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
                _put_invitations(connection, user, spent)
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


class SqliteTargets(Table):
    """People's own targets, as one document each person."""

    def of(self, user: str) -> dict[str, Document]:
        with self._database.read() as connection:
            return load_targets(connection, user)

    def save(
        self, user: str, name: str, document: Document | None, before: Document | None
    ) -> None:
        path = f"{identity_path(user)}/targets"
        with self._database.write() as connection:
            require_person(connection, user)
            targets = load_targets(connection, user)
            if targets.pop(name, None) != before:
                raise Conflict(f"The target {name} of {user} was changed in the meantime.")
            if document is not None:
                targets[name] = document
            put_document(connection, path, user, {name: dict(one) for name, one in targets.items()})


class SqliteHandshakes(Table):
    """Used rounds of consent."""

    def use(self, nonce: str, until: datetime, now: datetime) -> bool:
        with self._database.write() as connection:
            connection.execute("DELETE FROM handshakes WHERE until < ?", (now.isoformat(),))
            written = connection.execute(
                "INSERT OR IGNORE INTO handshakes VALUES (?, ?)", (nonce, until.isoformat())
            )
            return written.rowcount == 1


def _put_invitations(
    connection: sqlite3.Connection, user: str, invitations: Invitations
) -> Invitations:
    put_document(connection, invitations_path(user), user, invitations.to_document())
    return invitations


class SqliteStore:
    """Satisfies `healthrelay.ports.store.Store`. *path* is a file name or ``:memory:``.

    Waits at most *timeout_seconds* for other processes that hold the file. Records and log are
    imported at their first use: connecting a person needs neither.
    """

    def __init__(self, path: str, *, timeout_seconds: float = BUSY_TIMEOUT_SECONDS) -> None:
        self._database = SqliteDatabase(path, timeout_seconds)
        self.identities = SqliteIdentities(self._database)
        self.tokens = SqliteTokens(self._database)
        self.handshakes = SqliteHandshakes(self._database)
        self.accounts = SqliteAccounts(self._database)
        self.targets = SqliteTargets(self._database)

    @cached_property
    def records(self) -> SqliteRecords:
        from healthrelay.adapters.sqlite.measurements import SqliteRecords  # noqa: PLC0415

        return SqliteRecords(self._database)

    @cached_property
    def log(self) -> SqliteLog:
        from healthrelay.adapters.sqlite.measurements import SqliteLog  # noqa: PLC0415

        return SqliteLog(self._database)

    @cached_property
    def runs(self) -> SqliteRuns:
        from healthrelay.adapters.sqlite.runs import SqliteRuns  # noqa: PLC0415 - a poll has none

        return SqliteRuns(self._database)

    def restore(self, user: str, person: PersonDump) -> None:
        from healthrelay.adapters.sqlite.restore import restore  # noqa: PLC0415

        restore(self._database, user, person)

    def problems(self) -> list[HealthrelayError]:
        from healthrelay.adapters.sqlite.checkup import find_problems  # noqa: PLC0415 - the doctor's

        return find_problems(self._database)

    def require_writable(self) -> None:
        self._database.require_writable()

    def close(self) -> None:
        self._database.close()
