"""The right to spend a refresh token, written into the grant's document before it is spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from healthrelay.core.grants.token import Token
    from healthrelay.core.json import Document
    from healthrelay.ports.peers import LogEvent

LEASE = timedelta(seconds=40)
"""Longer than a token call may take: nobody else begins while ours may still succeed."""
LEASE_TIMEOUT_SECONDS = LEASE.total_seconds() + 5
"""How long to wait for somebody else's lease: one that is never given back has ended by then."""


class Lease(NamedTuple):
    """Whose turn it is, which turn of the document, and until when."""

    owner: str
    generation: int
    until: datetime

    @classmethod
    def of(cls, document: Document) -> Lease | None:
        """Return the lease in *document*; one that has run out means a refresh was cut short."""
        lease: Any = document.get("lease")
        if not isinstance(lease, Mapping):
            return None
        return cls(lease["owner"], lease["generation"], datetime.fromisoformat(lease["until"]))

    @classmethod
    def next(cls, document: Document, owner: str, now: datetime) -> Lease:
        """Return the lease that *owner* may take after all that *document* has seen."""
        generation: Any = document.get("generation", 0)
        return cls(owner, int(generation) + 1, now + LEASE)

    def lasts(self, now: datetime) -> bool:
        """Return whether it holds at *now*; only a wrong clock ends one so far in the future."""
        return now < self.until <= now + 2 * LEASE

    def on(self, document: Document) -> Document:
        lease = self._asdict() | {"until": self.until.isoformat()}
        return {**document, "lease": lease, "generation": self.generation}


class Turn(NamedTuple):
    """It is ours to spend the refresh token of *token*, under *version* of its document."""

    user: str
    token: Token
    version: int
    generation: int
    cut_short: bool
    """An earlier turn was never ended: the provider may have taken this token already."""
    beside: Document
    """What stands in the document besides and stays: a grant that awaits its account."""

    def log(
        self,
        log_event: LogEvent,
        severity: str,
        seconds: float,
        cause: str | None,
        odd: Sequence[str] = (),
    ) -> None:
        """Write one line; *odd* names what of the answer could not be read."""
        log_event(
            severity,
            "refresh",
            user=self.user,
            milliseconds=round(seconds * 1000),
            cause=cause,
            odd=" ".join(odd) or None,
        )
