"""The store's ten ports over one Firestore database in native mode.

| document                                 | holds                                              |
|------------------------------------------|----------------------------------------------------|
| plugindata/fitbit                        | the application's own values                       |
| plugindata/accounts                      | whose account each is                              |
| plugindata/runs                          | when what is done for everybody was last done      |
| plugindata/scheduler                     | which process fetches and delivers, until when     |
| identities/{user}                        | life, head of the log, progress of targets,        |
|                                          | ledger, card and summary (`overview`)              |
| identities/{user}/plugindata/fitbit      | settings, sealed token and targets, poll key hash  |
| identities/{user}/log/{sequence}         | one change: which keys, not which values           |
| sensors/fitbit/{user}/{series}.{period}  | the records of one series in one year or day       |
| handshakes/{nonce}                       | a used round of consent; expires                   |

The first four segments are the seed's schema. An incarnation of a person lasts from the creation
of the two documents under ``identities`` to their deletion, each in one commit. Everything else of
theirs names it in ``life``; what names another is invisible, and deleted by the next removal.
A bucket keeps its records as one text, ``[[key, data], …]``: as fields, each would be indexed.
Their origins are another text, of which an earlier version wrote none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.adapters.firestore.accounts import FirestoreAccounts
from healthrelay.adapters.firestore.buckets import MAX_BYTES
from healthrelay.adapters.firestore.database import FirestoreDatabase
from healthrelay.adapters.firestore.people import (
    FirestoreHandshakes,
    FirestoreIdentities,
    FirestoreTargets,
    FirestoreTokens,
)
from healthrelay.core.once import built_once

if TYPE_CHECKING:
    from healthrelay.adapters.firestore.log import FirestoreLog
    from healthrelay.adapters.firestore.measurements import FirestoreRecords
    from healthrelay.adapters.firestore.overview import FirestoreOverview
    from healthrelay.adapters.firestore.runs import FirestoreRuns
    from healthrelay.adapters.firestore.scheduler_lease import FirestoreSchedulerLease
    from healthrelay.core.errors import HealthrelayError
    from healthrelay.ports.store import PersonDump

CALL_TIMEOUT_SECONDS = 4.0
"""The caller of a function learns within five seconds that the store is down."""


class FirestoreStore:
    """Satisfies `healthrelay.ports.store.Store`.

    Without *project* the environment names it, as for every Google client; without *database*
    it is ``(default)``. A call gives up after *timeout_seconds*. No bucket of records grows
    beyond *limit* bytes. Records and log are imported at their first use, as with SQLite.
    """

    def __init__(
        self,
        project: str | None = None,
        database: str | None = None,
        *,
        timeout_seconds: float = CALL_TIMEOUT_SECONDS,
        limit: int = MAX_BYTES,
    ) -> None:
        self._database = FirestoreDatabase(project, database, timeout_seconds)
        self._limit = limit
        self.identities = FirestoreIdentities(self._database)
        self.tokens = FirestoreTokens(self._database)
        self.handshakes = FirestoreHandshakes(self._database)
        self.accounts = FirestoreAccounts(self._database)
        self.targets = FirestoreTargets(self._database)
        self.meter = self._database.meter

    @built_once
    def records(self) -> FirestoreRecords:
        from healthrelay.adapters.firestore.measurements import FirestoreRecords  # noqa: PLC0415

        return FirestoreRecords(self._database, self._limit)

    @built_once
    def overview(self) -> FirestoreOverview:
        from healthrelay.adapters.firestore.overview import FirestoreOverview  # noqa: PLC0415

        return FirestoreOverview(self._database)

    @built_once
    def log(self) -> FirestoreLog:
        from healthrelay.adapters.firestore.log import FirestoreLog  # noqa: PLC0415

        return FirestoreLog(self._database)

    @built_once
    def runs(self) -> FirestoreRuns:
        from healthrelay.adapters.firestore.runs import FirestoreRuns  # noqa: PLC0415 - as above

        return FirestoreRuns(self._database)

    @built_once
    def scheduler_lease(self) -> FirestoreSchedulerLease:
        from healthrelay.adapters.firestore.scheduler_lease import FirestoreSchedulerLease  # noqa: PLC0415

        return FirestoreSchedulerLease(self._database)

    def restore(self, user: str, person: PersonDump) -> None:
        from healthrelay.adapters.firestore.restore import restore  # noqa: PLC0415

        restore(self._database, user, person, self._limit)

    def problems(self) -> list[HealthrelayError]:
        """Return nothing: the platform keeps the database whole, and decides who may read it."""
        return []

    def require_writable(self) -> None:
        """Do nothing: a failed write of one is no sign for the next."""

    def warm(self) -> None:
        """Start loading Firestore's client in the background; the first use waits for it."""
        self._database.warm()

    def close(self) -> None:
        self._database.close()
