"""The right to spend a refresh token, written into the grant's document before it is spent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from healthrelay.ports.store import Document

LEASE = timedelta(seconds=40)
"""Longer than a token call may take: nobody else begins while ours may still succeed."""


class Lease(NamedTuple):
    """Whose turn it is, the how manieth, and until when."""

    owner: str
    generation: int
    until: datetime

    @classmethod
    def of(cls, document: Document) -> Lease | None:
        """The lease in *document*; one that has run out says that a refresh was cut short."""
        held: Any = document.get("lease")
        if not isinstance(held, Mapping):
            return None
        return cls(held["owner"], held["generation"], datetime.fromisoformat(held["until"]))

    @classmethod
    def next(cls, document: Document, owner: str, now: datetime) -> Lease:
        """The lease that *owner* may take after all that *document* has seen."""
        generation: Any = document.get("generation", 0)
        return cls(owner, int(generation) + 1, now + LEASE)

    def lasts(self, now: datetime) -> bool:
        """Whether it holds at *now*. No clock that is right gives one so far in the future."""
        return now < self.until <= now + 2 * LEASE

    def on(self, document: Document) -> Document:
        """*document* with this lease on it."""
        told = self._asdict() | {"until": self.until.isoformat()}
        return {**document, "lease": told, "generation": self.generation}
