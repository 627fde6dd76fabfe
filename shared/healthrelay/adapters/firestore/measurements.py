"""Measurements."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from healthrelay.adapters.firestore import buckets, documents
from healthrelay.adapters.firestore.database import (
    FirestoreDatabase,
    FirestorePort,
    retry_on_conflict,
)
from healthrelay.adapters.firestore.documents import Fields, Write
from healthrelay.adapters.firestore.user_buckets import UserBuckets
from healthrelay.core.delivery.entries import changed_keys
from healthrelay.core.errors import TooLarge, Unknown
from healthrelay.core.json import to_text
from healthrelay.core.measurements.records import (
    Coverage,
    Delta,
    Record,
    Window,
    coverage_from_document,
    coverage_to_document,
)

MAX_WRITES = 500


@dataclass(frozen=True, slots=True)
class Change:
    """What one call writes; its commit id shows whether an unanswered commit was stored."""

    delta: Delta
    now: datetime
    covered: Coverage | None
    commit_id: str = field(default_factory=documents.commit_id)


class FirestoreRecords(FirestorePort):
    """Measurements. No bucket grows beyond *limit* bytes."""

    def __init__(self, database: FirestoreDatabase, limit: int) -> None:
        super().__init__(database)
        self._limit = limit

    def within(self, user: str, windows: Iterable[Window]) -> list[Record]:
        wanted = list(windows)
        if not wanted:
            return []
        _, opened = UserBuckets(self._database, user).open(buckets.window_points(wanted))
        records = [record for bucket in opened.values() for record in bucket.records.values()]
        return [record for window in wanted for record in _sort(records) if window.holds(record)]

    def everything(self, user: str) -> list[Record]:
        return _sort(UserBuckets(self._database, user).everything())

    def coverage(self, user: str) -> Coverage:
        owner = self._owner(user)
        covered = owner.fields.get("covered") if owner else None
        return coverage_from_document(json.loads(covered or "{}"))

    def apply(self, user: str, delta: Delta, now: datetime, covered: Coverage | None = None) -> int:
        if not delta and covered is None:
            return documents.log_head(self._owner(user))
        if not delta and covered is not None:
            fields = {"covered": to_text(coverage_to_document(covered))}
            path = documents.person_path(user)
            return documents.log_head(self._update(path, user, lambda *_: fields))
        change = Change(delta, now, covered)
        return retry_on_conflict(lambda: self._write_change(user, change))

    def _write_change(self, user: str, change: Change) -> int:
        user_buckets = UserBuckets(self._database, user)
        owner, opened = user_buckets.open(buckets.delta_points(change.delta))
        if owner is None:
            raise Unknown(f"There is no user {user}.")
        if owner.fields.get("mark") == change.commit_id:
            return documents.log_head(owner)
        incarnation = str(owner.fields["life"])
        opened |= user_buckets.stale_buckets(change.delta, opened, incarnation)
        sequence = documents.log_head(owner) + 1
        entry = Write(documents.entry_path(user, sequence), _entry(change, incarnation))
        writes = [
            user_buckets.write(name, fields and {"life": incarnation, **fields})
            for name, fields in buckets.changed_documents(opened, change.delta, self._limit).items()
        ]
        # Every writer of measurements writes the head, so whoever read it before reads again.
        # So does whoever got buckets older than the head, as Google's emulator sometimes gives.
        head = Write(owner.path, _head_fields(sequence, change), since=owner.updated)
        self._database.commit(head, *_require_one_commit([*writes, entry]))
        return sequence


def _sort(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda r: (r.series, r.when, r.key))


def _head_fields(sequence: int, change: Change) -> Fields:
    fields: dict[str, Any] = {"head": sequence, "mark": change.commit_id}
    if change.covered is not None:
        fields["covered"] = to_text(coverage_to_document(change.covered))
    return fields


def _entry(change: Change, incarnation: str) -> Fields:
    """Return the log entry: the keys, not the values; only the series if the keys are too many."""
    keys = changed_keys(change.delta)
    text = to_text(keys)
    if len(text) > buckets.MAX_BYTES:
        text = json.dumps({"whole": sorted({s for names in keys.values() for s in names})})
    return {"life": incarnation, "at": change.now, "entry": text}


def _require_one_commit(writes: list[Write]) -> list[Write]:
    """Return *writes* if one commit holds them: half a change must never be stored.

    Raise `TooLarge` otherwise.
    """
    size = sum(buckets.text_bytes(write.fields or {}) for write in writes)
    if len(writes) >= MAX_WRITES or size > buckets.MAX_COMMIT:
        raise TooLarge("This is more than the store takes at once. Fetch a shorter period.")
    return writes
