"""The store's six ports over one SQLite file.

| table      | one row is                                                             |
|------------|------------------------------------------------------------------------|
| documents  | a document of the seed's schema: settings, sealed token, poll key hash |
| records    | one measurement; ``data`` is the element as Igor gets it               |
| log        | one change of a person's records: which keys, not which values         |
| progress   | how far a target has followed a person's log, and how it is doing      |
| handshakes | a used round of consent, until its state would have expired anyway     |
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.database import BUSY_TIMEOUT_SECONDS, Database
from healthrelay.adapters.sqlite.people import (
    SqliteHandshakes,
    SqliteIdentities,
    SqliteTargets,
    SqliteTokens,
)

if TYPE_CHECKING:
    from healthrelay.adapters.sqlite.log import SqliteLog
    from healthrelay.adapters.sqlite.measurements import SqliteRecords
    from healthrelay.ports.store import PersonDump


class SqliteStore:
    """Satisfies `healthrelay.ports.store.Store`. *path* is a file name or ``:memory:``.

    Waits at most *timeout_seconds* for other processes that hold the file. Records and log are
    imported at their first use: connecting a person needs neither.
    """

    def __init__(self, path: str, *, timeout_seconds: float = BUSY_TIMEOUT_SECONDS) -> None:
        self._database = Database(path, timeout_seconds)
        self.identities = SqliteIdentities(self._database)
        self.tokens = SqliteTokens(self._database)
        self.handshakes = SqliteHandshakes(self._database)
        self.targets = SqliteTargets(self._database)

    @cached_property
    def records(self) -> SqliteRecords:
        from healthrelay.adapters.sqlite.measurements import SqliteRecords  # noqa: PLC0415

        return SqliteRecords(self._database)

    @cached_property
    def log(self) -> SqliteLog:
        from healthrelay.adapters.sqlite.log import SqliteLog  # noqa: PLC0415

        return SqliteLog(self._database)

    def restore(self, user: str, person: PersonDump) -> None:
        from healthrelay.adapters.sqlite.restore import restore  # noqa: PLC0415

        restore(self._database, user, person)

    def close(self) -> None:
        """Close the file."""
        self._database.close()
