"""Floor 1: what the flows need of the world, as shapes that any adapter may fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from healthrelay.core.digestible import Json

if TYPE_CHECKING:
    from healthrelay.core.delivery.tasks import Task
    from healthrelay.core.grants.token import Account, Grant
    from healthrelay.core.measurements.coverage import Coverage
    from healthrelay.core.measurements.plan import Read, Source
    from healthrelay.core.measurements.records import Delta, Record, Window
    from healthrelay.relay_ports import Log, Targets

Document = Mapping[str, Json]
Raw = Mapping[str, Any]
"""One element as a provider sent it: its own words, read by nobody but its adapter."""


class Note(Protocol):
    """Writes one line to the log; secrets are blotted out, a *user* is named by an alias."""

    def __call__(self, severity: str, event: str, **facts: object) -> None: ...


class Versioned(NamedTuple):
    """A stored document and the version that a compare-and-set must name."""

    document: Document
    version: int


class Identities(Protocol):
    """Who exists, and the settings the owner keeps for them and for the application."""

    def names(self) -> list[str]:
        """All people, sorted."""

    def settings(self, user: str) -> dict[str, str] | None:
        """The person's settings, or None when they do not exist."""

    def save(self, user: str, settings: Mapping[str, str]) -> None:
        """Create the person or replace their settings."""

    def remove(self, user: str) -> bool:
        """Forget the person and everything of theirs at once; False when unknown."""

    def poll_key(self, user: str) -> str | None:
        """The stored hash of their poll key. Raises `Unknown` for a stranger."""

    def save_poll_key(self, user: str, hashed: str) -> None:
        """Replace it. Raises `Unknown` for a stranger."""

    def application(self) -> dict[str, str]:
        """The application's own values (``plugindata/fitbit``)."""

    def save_application(self, values: Mapping[str, str], before: Mapping[str, str]) -> None:
        """Replace them. Raises `Conflict` when they are no longer as they were *before*."""


class Tokens(Protocol):
    """One sealed grant a person."""

    def load(self, user: str) -> Versioned | None:
        """The stored grant, or None."""

    def save(self, user: str, document: Document, expected: int) -> int:
        """Write if the stored version is still *expected* (0: none is stored).

        Returns the new version, which no document of this person had before.
        Raises `Conflict` when it is not, `Unknown` when the person does not exist.
        """

    def forget(self, user: str, expected: int) -> None:
        """Remove the grant if the stored version is still *expected*.

        Raises `Conflict` when it is not or when none is stored, `Unknown` when the person
        does not exist.
        """


class Handshakes(Protocol):
    """Which consent rounds have been used."""

    def use(self, nonce: str, until: datetime, now: datetime) -> bool:
        """Mark *nonce* as used, to be remembered *until*; False when it was before."""


class Records(Protocol):
    """Everybody's measurements."""

    def within(self, user: str, windows: Iterable[Window]) -> list[Record]:
        """The records that lie in any of *windows*."""

    def everything(self, user: str) -> list[Record]:
        """All records of the person."""

    def coverage(self, user: str) -> Coverage:
        """Which days of each series have been read whole, as the last change recorded it."""

    def apply(self, user: str, delta: Delta, now: datetime, covered: Coverage | None = None) -> int:
        """Write *delta*, one log entry and, if given, what is *covered* now, all or nothing.

        Returns the entry's sequence number. An empty delta makes no entry and returns the
        newest number; without *covered* it writes nothing. Raises `Unknown` for a person who
        does not exist (any more).
        """

    def restore(self, user: str, delta: Delta, covered: Coverage | None = None) -> None:
        """The same without a log entry: for a copy, which gets its entries from the log it copies.

        Raises what `apply` raises.
        """


class Store(Protocol):
    """The six together, over one database."""

    @property
    def identities(self) -> Identities: ...
    @property
    def tokens(self) -> Tokens: ...
    @property
    def handshakes(self) -> Handshakes: ...
    @property
    def records(self) -> Records: ...
    @property
    def log(self) -> Log: ...
    @property
    def targets(self) -> Targets: ...


class Provider(Protocol):
    """A source of measurements. Failed calls raise; they are never an empty answer."""

    @property
    def name(self) -> str: ...

    def needs(self, window: Window) -> tuple[Source, ...]:
        """What must be read to fill *window*. Raises `Unsupported`, naming what is not there."""

    def account(self, grant: Grant) -> Account:
        """Whose data the grant opens."""

    def read(self, access: str, read: Read) -> Sequence[Raw]:
        """Everything that *read* asks for, every page of it."""

    def convert(
        self, window: Window, raw: Mapping[str, Sequence[Raw]], account: Account
    ) -> list[dict[str, Json]]:
        """The elements of the window's series in the legacy shape, from what was read."""


class Consents(Protocol):
    """A provider's endpoints for tokens and for their end."""

    @property
    def single_use(self) -> bool:
        """Whether each refresh token works once."""

    def exchange(self, code: str, verifier: str) -> Grant:
        """Redeem a code. Raises `Again` when the provider refuses it."""

    def refresh(self, refresh_token: str) -> Grant:
        """A new access token. Raises `ReconnectNeeded` when the grant is refused."""

    def revoke(self, grant: Grant) -> None:
        """End *grant* at the provider; one that has ended already is no error.

        Raises `TryLater` or `Misconfigured` when it may still be alive.
        """


class Queue(Protocol):
    """Carries out tasks, each apart from the others: what is slow or broken delays nobody."""

    @property
    def remembers(self) -> timedelta:
        """How long a name is known after its task has run, at least."""

    def enqueue(self, task: Task) -> bool:
        """Take *task*; False when one of its name is there, or was not long ago.

        Raises `TryLater` when it cannot be taken now, `Misconfigured` when never.
        """


class Vault(Protocol):
    """Seals secrets so that they open only at the *place* they were sealed for."""

    def seal(self, secret: str, place: str) -> str:
        """The sealed text, which names its key."""

    def is_current(self, sealed: str) -> bool:
        """Whether it was sealed with the key that seals now."""

    def open(self, sealed: str, place: str) -> str:
        """The secret. Raises `Misconfigured` when the key is missing or the place is wrong."""
