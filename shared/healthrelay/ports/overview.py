"""Floor 1: everybody at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import date

    from healthrelay.core.damage import Damaged
    from healthrelay.core.delivery.following import Following
    from healthrelay.core.grants.invitations import Invitations
    from healthrelay.core.json import Document
    from healthrelay.core.measurements.ledger import Ledger
    from healthrelay.core.measurements.records import Record
    from healthrelay.core.measurements.summary import Summary


class PersonOverview(NamedTuple):
    """What is shown of a person among all others."""

    settings: Mapping[str, str]
    grant: Document | None
    """Its clear part (`core.grants.grant_document`)."""
    invitations: Invitations
    ledger: Ledger
    following: Following
    summary: Summary


class Overview(Protocol):
    """Everybody at a glance."""

    def person(self, user: str) -> PersonOverview:
        """Return what is shown of *user*, for one read.

        Raise `Unknown` for a stranger, `Damaged` for who cannot be read.
        """

    def people(self) -> dict[str, PersonOverview | Damaged]:
        """Return everybody in the order in which they were added, or why they cannot be read.

        It costs about one read a person. A summary that an earlier version did not write is made.
        """

    def charted(self, user: str, since: date | None) -> list[Record] | None:
        """Return the records of *user* that charts show, thin (`core.charts.thin`), in order.

        At least those *since* a day, all if that is None. None from a store that keeps none,
        because its records themselves are quick to read. Raise `Unknown` for a stranger.
        """
