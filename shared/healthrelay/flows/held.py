"""All that a store holds of one person, to be written into another and compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from healthrelay.core.delivery.entries import Entry
    from healthrelay.core.measurements.coverage import Coverage
    from healthrelay.core.measurements.records import Record
    from healthrelay.ports.delivery import Following
    from healthrelay.ports.store import Document, Store

PAGE = 500


class Held(NamedTuple):
    """One person, as a store holds them; what is sealed stays sealed."""

    settings: Mapping[str, str]
    poll_key: str | None
    grant: Document | None
    targets: Mapping[str, Document]
    following: Following
    entries: tuple[Entry, ...]
    covered: Coverage
    records: tuple[Record, ...]

    @property
    def digest(self) -> str:
        """The same for what is the same, whatever store holds it."""
        told = [
            dict(self.settings),
            self.poll_key,
            dict(self.grant or {}),
            {name: dict(target) for name, target in self.targets.items()},
            self.following.head,
            {name: progress.to_document() for name, progress in self.following.targets.items()},
            [(e.sequence, e.at.astimezone(UTC).isoformat(), e.to_document()) for e in self.entries],
            {name: [day.isoformat() for day in span] for name, span in self.covered.items()},
            # Igor gets the members of an element in the order in which they stand.
            [(r.series, r.key, r.when, json.dumps(r.data)) for r in self.records],
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def held(store: Store, user: str, behind: int = 0) -> Held | None:
    """What *store* holds of *user*, of the log what lies *behind* a number; None for a stranger."""
    settings = store.identities.settings(user)
    if settings is None:
        return None
    following = store.log.following(user)
    grant = store.tokens.load(user)
    return Held(
        settings=settings,
        poll_key=store.identities.poll_key(user),
        grant=grant.document if grant else None,
        targets=store.targets.of(user),
        following=following,
        entries=tuple(_entries(store, user, behind, following.head)),
        covered=store.records.coverage(user),
        records=tuple(store.records.everything(user)),
    )


def _entries(store: Store, user: str, behind: int, head: int) -> list[Entry]:
    """Those up to *head*: somebody may be writing."""
    found: list[Entry] = []
    while page := store.log.after(user, found[-1].sequence if found else behind, PAGE):
        found += page
    return [entry for entry in found if entry.sequence <= head]
