"""What the flows need of a store; any adapter may provide it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from healthrelay.core.delivery.entries import Entry
    from healthrelay.core.delivery.progress import Progress
    from healthrelay.core.errors import HealthrelayError
    from healthrelay.core.grants.bindings import Bindings
    from healthrelay.core.grants.invitations import Admission, Invitations
    from healthrelay.core.json import Document, Versioned
    from healthrelay.core.measurements.ledger import Ledger
    from healthrelay.core.measurements.reading import Delta, Window
    from healthrelay.core.measurements.records import Everything, Names, Record
    from healthrelay.core.runs import Runs
    from healthrelay.ports.delivery import Log, Targets
    from healthrelay.ports.overview import Overview


Bind = Callable[["Bindings"], "Bindings"]
"""Returns what the bindings are to be; may be called again with newer ones."""


class Identities(Protocol):
    """Who exists, and the settings of each person and of the application."""

    def names(self) -> list[str]:
        """Return the names of all people, sorted."""

    def settings(self, user: str) -> dict[str, str] | None:
        """Return the person's settings, or None when they do not exist."""

    def save(self, user: str, settings: Mapping[str, str]) -> None:
        """Create the person, with a random id of their own, or replace their settings."""

    def remove(self, user: str) -> bool:
        """Delete the person and everything of theirs at once; return False when unknown."""

    def poll_key(self, user: str) -> str | None:
        """Return the stored hash of their poll key, or None. Raise `Unknown` for a stranger."""

    def save_poll_key(self, user: str, hashed: str) -> None:
        """Replace the hash of their poll key. Raise `Unknown` for a stranger."""

    def invitations(self, user: str) -> Invitations:
        """Return their random id and what was used by it. Raise `Unknown` for a stranger.

        Who was made by an earlier version has no id until `renew_invitations` gives them one.
        """

    def renew_invitations(self, user: str, before: str) -> Invitations:
        """Give the person another id if theirs is still *before*; return what is stored then.

        Every invitation that was made before ends. Raise `Unknown` for a stranger.
        """

    def change_invitations(
        self, user: str, change: Callable[[Invitations], Invitations]
    ) -> Invitations:
        """Store what *change* makes of their invitations, and return it.

        It may be called again with newer ones. Raise `Unknown` for a stranger.
        """

    def application(self) -> dict[str, str]:
        """Return the application's own values (``plugindata/fitbit``)."""

    def save_application(self, values: Mapping[str, str], before: Mapping[str, str]) -> None:
        """Replace the application's values. Raise `Conflict` if they are no longer *before*."""


class Tokens(Protocol):
    """One sealed grant a person."""

    def load(self, user: str) -> Versioned | None:
        """Return the stored grant, or None."""

    def save(
        self,
        user: str,
        document: Document,
        expected: int,
        admission: Admission | None = None,
        bind: Bind | None = None,
    ) -> int:
        """Write if the stored version is still *expected* (0: none is stored).

        The invitation of an *admission* is marked as used, and the accounts are bound by *bind*,
        with it: all or nothing. What *bind* raises is raised.
        Return the new version, which no document of this person had before.
        Raise `Conflict` for another version, `Unknown` when the person does not exist, `Expired`
        for an invitation that was used before or was for an earlier person of this name.
        """

    def forget(self, user: str, expected: int) -> None:
        """Delete the grant if the stored version is still *expected*.

        Raise `Conflict` for another version or when none is stored, `Unknown` when the person
        does not exist.
        """


class Accounts(Protocol):
    """Whose account each is.

    In one of an earlier version each stored grant counts as bound until the first change.
    """

    def load(self) -> Bindings:
        """Return all bindings."""

    def change(self, bind: Bind) -> None:
        """Store what *bind* makes of the bindings; what it raises is raised."""


class Handshakes(Protocol):
    """Which consent rounds have been used."""

    def use(self, nonce: str, until: datetime, now: datetime) -> bool:
        """Mark *nonce* as used *until* then; return False when it was used before."""


class Records(Protocol):
    """Everybody's measurements."""

    def within(self, user: str, windows: Iterable[Window]) -> list[Record]:
        """Return the records in any of *windows*."""

    def everything(self, user: str) -> list[Record]:
        """Return all records of the person."""

    def everything_since(self, user: str, version: str) -> Everything | None:
        """Return all records of the person, or None if they are still of that *version*.

        They may be newer than the version that comes with them, but never older. No version is
        empty, and one of somebody who was removed does not come again.
        """

    def named(self, user: str, names: Names) -> list[Record]:
        """Return the records of those *names* that exist."""

    def series(self, user: str) -> list[str]:
        """Return the series of which anything is stored, sorted."""

    def ledger(self, user: str) -> Ledger:
        """Return what is known of each day, as the last change recorded it.

        In a store of an earlier version every day that was covered is open.
        """

    def apply(self, user: str, delta: Delta, now: datetime, ledger: Ledger | None = None) -> int:
        """Write *delta*, one log entry and, if given, the *ledger* as it is now, all or nothing.

        Return the entry's sequence number. A delta without news makes no entry and returns the
        newest number; an empty one without a *ledger* writes nothing. Raise `Unknown` for a
        person who does not exist (any more), and `Conflict` when the stored ledger is of another
        epoch: what was read with an account that the person has left is not stored.
        """

    def renew(self, user: str) -> None:
        """Begin another epoch with an empty ledger: what is being read now is not stored.

        Raise `Unknown` for a person who does not exist.
        """


class RunTimes(Protocol):
    """When what is done for everybody was last done (`core.runs`)."""

    def load(self) -> dict[str, datetime]:
        """Return the instant of the last run by name; none of what never ran."""

    def record(self, times: Runs) -> None:
        """Store *times* beside those of other names."""


class SchedulerLease(Protocol):
    """The right to fetch and deliver for everybody when due: one process has it at a time."""

    def take(self, now: datetime) -> None:
        """Take it for this process, or keep it for `core.runs.LEASE` from *now* on.

        Raise `core.runs.served_already` while another process has it. One that was killed loses
        it: at once where both are on one machine, and elsewhere when its lease has run out.
        """

    def release(self) -> None:
        """Give it back, if this process has it."""


class PersonDump(NamedTuple):
    """All that a store holds of one person; what is sealed stays sealed."""

    settings: Mapping[str, str]
    poll_key: str | None
    grant: Document | None
    targets: Mapping[str, Document]
    progress: Mapping[str, Progress]
    """How far each target has followed the log."""
    ledger: Ledger
    entries: Sequence[Entry]
    """The log as far as it is kept, in order; the last one is its head."""
    records: Sequence[Record]
    invitations: Invitations | None = None
    """None in a dump of an earlier version."""
    accounts: Sequence[str] | None = None
    """The accounts that are bound to them, sorted; None in a dump of an earlier version."""
    system: str = ""
    """The unit system in which their targets are told (`Following.system`)."""


class Store(Protocol):
    """All ten ports over one database."""

    @property
    def identities(self) -> Identities: ...
    @property
    def tokens(self) -> Tokens: ...
    @property
    def handshakes(self) -> Handshakes: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def records(self) -> Records: ...
    @property
    def log(self) -> Log: ...
    @property
    def targets(self) -> Targets: ...
    @property
    def runs(self) -> RunTimes: ...
    @property
    def overview(self) -> Overview: ...
    @property
    def scheduler_lease(self) -> SchedulerLease: ...

    def problems(self) -> list[HealthrelayError]:
        """Return what is wrong with the database as a whole, by its own check."""

    def require_writable(self) -> None:
        """Raise what this process met when it wrote last, if only the owner can fix it."""

    def restore(self, user: str, person: PersonDump) -> None:
        """Make *user* as *person* says, with the numbers of the log: whole, or not at all.

        Raises `Duplicate` for a person who exists.
        """
