"""The store's ten ports over one SQLite file.

| table      | one row is                                                             |
|------------|------------------------------------------------------------------------|
| documents  | a document of the seed's schema: settings, sealed token …; each ledger |
| records    | one measurement and its origin; ``data`` is in the legacy Fitbit shape |
| log        | one change of a person's records: which keys, not which values         |
| progress   | how far a target has followed a person's log, and how it is doing      |
| handshakes | a used round of consent, until its state would have expired anyway     |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.database import SqliteDatabase
from healthrelay.adapters.sqlite.identities import SqliteIdentities
from healthrelay.adapters.sqlite.opening import BUSY_TIMEOUT_SECONDS
from healthrelay.core.once import built_once

if TYPE_CHECKING:
    from healthrelay.adapters.sqlite.bindings import SqliteAccounts
    from healthrelay.adapters.sqlite.handshakes import SqliteHandshakes
    from healthrelay.adapters.sqlite.log import SqliteLog
    from healthrelay.adapters.sqlite.overview import SqliteOverview
    from healthrelay.adapters.sqlite.records import SqliteRecords
    from healthrelay.adapters.sqlite.runs import SqliteRuns
    from healthrelay.adapters.sqlite.scheduler_lease import SqliteSchedulerLease
    from healthrelay.adapters.sqlite.targets import SqliteTargets
    from healthrelay.adapters.sqlite.tokens import SqliteTokens
    from healthrelay.core.errors import HealthrelayError
    from healthrelay.ports.store import PersonDump


class SqliteStore:
    """Satisfies `healthrelay.ports.store.Store`. *path* is a file name or ``:memory:``.

    Waits at most *timeout_seconds* for other processes that hold the file. What a port
    needs is imported at its first use: each function has a few of them.
    """

    def __init__(self, path: str, *, timeout_seconds: float = BUSY_TIMEOUT_SECONDS) -> None:
        self._database = SqliteDatabase(path, timeout_seconds)
        self.identities = SqliteIdentities(self._database)

    @built_once
    def tokens(self) -> SqliteTokens:
        from healthrelay.adapters.sqlite.tokens import SqliteTokens  # noqa: PLC0415

        return SqliteTokens(self._database)

    @built_once
    def handshakes(self) -> SqliteHandshakes:
        from healthrelay.adapters.sqlite.handshakes import SqliteHandshakes  # noqa: PLC0415

        return SqliteHandshakes(self._database)

    @built_once
    def accounts(self) -> SqliteAccounts:
        from healthrelay.adapters.sqlite.bindings import SqliteAccounts  # noqa: PLC0415

        return SqliteAccounts(self._database)

    @built_once
    def targets(self) -> SqliteTargets:
        from healthrelay.adapters.sqlite.targets import SqliteTargets  # noqa: PLC0415

        return SqliteTargets(self._database)

    @built_once
    def records(self) -> SqliteRecords:
        from healthrelay.adapters.sqlite.records import SqliteRecords  # noqa: PLC0415

        return SqliteRecords(self._database)

    @built_once
    def overview(self) -> SqliteOverview:
        from healthrelay.adapters.sqlite.overview import SqliteOverview  # noqa: PLC0415

        return SqliteOverview(self._database)

    @built_once
    def log(self) -> SqliteLog:
        from healthrelay.adapters.sqlite.log import SqliteLog  # noqa: PLC0415

        return SqliteLog(self._database)

    @built_once
    def runs(self) -> SqliteRuns:
        from healthrelay.adapters.sqlite.runs import SqliteRuns  # noqa: PLC0415 - a poll has none

        return SqliteRuns(self._database)

    @built_once
    def scheduler_lease(self) -> SqliteSchedulerLease:
        from healthrelay.adapters.sqlite.scheduler_lease import SqliteSchedulerLease  # noqa: PLC0415

        return SqliteSchedulerLease(self._database)

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
