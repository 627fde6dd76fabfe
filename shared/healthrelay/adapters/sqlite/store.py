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

from healthrelay.adapters.sqlite.database import BUSY_SECONDS, Database
from healthrelay.adapters.sqlite.people import (
    SqliteHandshakes,
    SqliteIdentities,
    SqliteTargets,
    SqliteTokens,
)

if TYPE_CHECKING:
    from healthrelay.adapters.sqlite.log import SqliteLog
    from healthrelay.adapters.sqlite.measurements import SqliteRecords


class SqliteStore:
    """Satisfies `healthrelay.ports.store.Store`. *path* is a file name or ``:memory:``.

    Other processes that hold the file are waited for, at most *patience* seconds. Records and log
    are loaded when first asked for: who only connects a person starts without them.
    """

    def __init__(self, path: str, *, patience: float = BUSY_SECONDS) -> None:
        self._database = Database(path, patience)

    @cached_property
    def identities(self) -> SqliteIdentities:
        return SqliteIdentities(self._database)

    @cached_property
    def tokens(self) -> SqliteTokens:
        return SqliteTokens(self._database)

    @cached_property
    def handshakes(self) -> SqliteHandshakes:
        return SqliteHandshakes(self._database)

    @cached_property
    def records(self) -> SqliteRecords:
        from healthrelay.adapters.sqlite.measurements import SqliteRecords  # noqa: PLC0415

        return SqliteRecords(self._database)

    @cached_property
    def log(self) -> SqliteLog:
        from healthrelay.adapters.sqlite.log import SqliteLog  # noqa: PLC0415

        return SqliteLog(self._database)

    @cached_property
    def targets(self) -> SqliteTargets:
        return SqliteTargets(self._database)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
