"""Floor 1: what the flows need of the world, as shapes that any adapter may fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from healthrelay.core.json import Json

if TYPE_CHECKING:
    from healthrelay.core.measurements.coverage import Coverage
    from healthrelay.core.measurements.records import Delta, Record, Window
    from healthrelay.ports.delivery import Log, Targets

Document = Mapping[str, Json]


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
