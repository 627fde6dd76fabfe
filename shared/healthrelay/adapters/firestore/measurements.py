"""Measurements."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from healthrelay.adapters.firestore import buckets, documents
from healthrelay.adapters.firestore.database import Database, settled
from healthrelay.adapters.firestore.documents import Fields, Write
from healthrelay.adapters.firestore.user_buckets import Shelf
from healthrelay.core.delivery.entries import changed_keys
from healthrelay.core.errors import TooLarge, Unknown

if TYPE_CHECKING:
    from healthrelay.core.measurements.coverage import Coverage
    from healthrelay.core.measurements.records import Delta, Record, Window

MAX_WRITES = 500


@dataclass(frozen=True, slots=True)
class Change:
    """What one call brings; its mark tells whether an unanswered commit landed."""

    delta: Delta
    now: datetime | None
    """None: no entry of the log tells of it."""
    covered: Coverage | None
    mark: str = field(default_factory=documents.mark)


class FirestoreRecords:
    """Measurements. No bucket grows beyond *limit* bytes."""

    def __init__(self, database: Database, limit: int) -> None:
        self._database = database
        self._limit = limit

    def within(self, user: str, windows: Iterable[Window]) -> list[Record]:
        wanted = list(windows)
        if not wanted:
            return []
        _, opened = Shelf(self._database, user).open(buckets.points(wanted))
        found = [record for bucket in opened.values() for record in bucket.records.values()]
        return [record for window in wanted for record in _ordered(found) if window.holds(record)]

    def everything(self, user: str) -> list[Record]:
        return _ordered(Shelf(self._database, user).everything())

    def coverage(self, user: str) -> Coverage:
        found = self._database.one(documents.person(user))
        said: dict[str, list[str]] = json.loads(found.fields.get("covered", "{}")) if found else {}
        return {
            series: (date.fromisoformat(first), date.fromisoformat(last))
            for series, (first, last) in said.items()
        }

    def apply(self, user: str, delta: Delta, now: datetime, covered: Coverage | None = None) -> int:
        if not delta and covered is None:
            return documents.head(self._database.one(documents.person(user)))
        if not delta and covered is not None:
            return settled(lambda: self._note(user, covered))
        change = Change(delta, now, covered)
        return settled(lambda: self._attempt(user, change))

    def restore(self, user: str, delta: Delta, covered: Coverage | None = None) -> None:
        if delta:
            change = Change(delta, None, covered)
            settled(lambda: self._attempt(user, change))
        elif covered is not None:
            settled(lambda: self._note(user, covered))
        elif self._database.one(documents.person(user)) is None:
            raise Unknown(f"There is no user {user}.")

    def _attempt(self, user: str, change: Change) -> int:
        shelf = Shelf(self._database, user)
        owner, opened = shelf.open(buckets.touched(change.delta))
        if owner is None:
            raise Unknown(f"There is no user {user}.")
        if owner.fields.get("mark") == change.mark:
            return documents.head(owner)
        life = str(owner.fields["life"])
        opened |= shelf.strays(change.delta, opened, life)
        sequence, entries = documents.head(owner), []
        if change.now is not None:
            sequence += 1
            entries.append(Write(documents.entry(user, sequence), _entry(change, life)))
        writes = [
            shelf.write(name, fields and {"life": life, **fields})
            for name, fields in buckets.changed(opened, change.delta, self._limit).items()
        ]
        # Everybody who writes measurements moves the head: whoever read it before, reads again.
        # So do they whose buckets are older than their head: Google's emulator gives such, too.
        head = Write(owner.path, _moved(sequence, change), since=owner.updated)
        self._database.commit(head, *_bearable([*writes, *entries]))
        return sequence

    def _note(self, user: str, covered: Coverage) -> int:
        """What is covered, without a change."""
        owner = self._database.one(documents.person(user))
        if owner is None:
            raise Unknown(f"There is no user {user}.")
        noted = {"covered": _spans(covered)}
        self._database.commit(Write(owner.path, noted, since=owner.updated))
        return documents.head(owner)


def _ordered(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda r: (r.series, r.when, r.key))


def _moved(sequence: int, change: Change) -> Fields:
    """What changes in the person's document."""
    moved: dict[str, Any] = {"head": sequence, "mark": change.mark}
    if change.covered is not None:
        moved["covered"] = _spans(change.covered)
    return moved


def _spans(covered: Coverage) -> str:
    return json.dumps({s: [a.isoformat(), b.isoformat()] for s, (a, b) in covered.items()})


def _entry(change: Change, life: str) -> Fields:
    """The log entry: which keys, not which values; only the series, where keys are too many."""
    keys = changed_keys(change.delta)
    text = json.dumps(keys, separators=(",", ":"))
    if len(text) > buckets.MAX_BYTES:
        text = json.dumps({"whole": sorted({s for told in keys.values() for s in told})})
    return {"life": life, "at": change.now, "entry": text}


def _bearable(writes: list[Write]) -> list[Write]:
    """Return *writes* if one commit takes them: half of a change must never land."""
    if (
        len(writes) >= MAX_WRITES
        or sum(buckets.size(write.fields or {}) for write in writes) > buckets.MAX_COMMIT
    ):
        raise TooLarge("That is more than the store takes at once: fetch a shorter period.")
    return writes
