"""The store's five ports over one SQLite file.

| table      | one row is                                                             |
|------------|------------------------------------------------------------------------|
| documents  | a document of the seed's schema: settings, sealed token, poll key hash |
| records    | one measurement; ``data`` is the element as Igor gets it               |
| log        | one change of a person's records: which keys, not which values         |
| delivered  | how far a target has followed a person's log                           |
| handshakes | a used round of consent, until its state would have expired anyway     |
"""

from __future__ import annotations

from functools import cached_property

from healthrelay.adapters.sqlite.database import BUSY_SECONDS, Database
from healthrelay.adapters.sqlite.measurements import SqliteLog, SqliteRecords
from healthrelay.adapters.sqlite.people import SqliteHandshakes, SqliteIdentities, SqliteTokens


class SqliteStore:
    """Satisfies `healthrelay.ports.Store`. *path* is a file name or ``:memory:``.

    Other processes that hold the file are waited for, at most *patience* seconds.
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
        return SqliteRecords(self._database)

    @cached_property
    def log(self) -> SqliteLog:
        return SqliteLog(self._database)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
