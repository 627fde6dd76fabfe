"""Measurements."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from healthrelay.adapters.firestore import buckets, documents
from healthrelay.adapters.firestore.card import SUMMARY, read_summary, summary_text
from healthrelay.adapters.firestore.database import (
    FirestoreDatabase,
    FirestorePort,
    retry_on_conflict,
)
from healthrelay.adapters.firestore.documents import Fields, StoredDocument, Write
from healthrelay.adapters.firestore.reading import read_ledger
from healthrelay.adapters.firestore.user_buckets import UserBuckets
from healthrelay.core.delivery.entries import changed_keys
from healthrelay.core.errors import TooLarge, Unknown
from healthrelay.core.json import to_text
from healthrelay.core.measurements.reading import Delta, Window, select
from healthrelay.core.measurements.records import Everything, Names, Record, in_order

if TYPE_CHECKING:
    from healthrelay.core.measurements.ledger import Ledger

MAX_WRITES = 500


@dataclass(frozen=True, slots=True)
class Change:
    """What one call writes; its commit id shows whether an unanswered commit was stored."""

    delta: Delta
    now: datetime
    ledger: Ledger | None
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
        records = in_order(record for one in opened.values() for record in one.records.values())
        by_series = {name: list(those) for name, those in groupby(records, attrgetter("series"))}
        each = (select(by_series.get(window.series, ()), [window]) for window in wanted)
        return [record for selected in each for record in selected]

    def everything(self, user: str) -> list[Record]:
        found = self.everything_since(user, "")
        return list(found.records) if found else []

    def everything_since(self, user: str, version: str) -> Everything | None:
        owner = self._owner(user)
        head, current = documents.log_head(owner), _version(owner)
        if current == version:
            return None
        records = UserBuckets(self._database, user).everything(owner) if owner else ()
        return Everything(current, head, in_order(records))

    def named(self, user: str, names: Names) -> list[Record]:
        return in_order(UserBuckets(self._database, user).named(names))

    def series(self, user: str) -> list[str]:
        owner = self._owner(user)
        return sorted(UserBuckets(self._database, user).series(owner)) if owner else []

    def ledger(self, user: str) -> Ledger:
        owner = self._owner(user)
        return read_ledger(user, owner.fields if owner else {})

    def apply(self, user: str, delta: Delta, now: datetime, ledger: Ledger | None = None) -> int:
        if not delta and ledger is None:
            return documents.log_head(self._owner(user))
        change = Change(delta, now, ledger)
        return retry_on_conflict(lambda: self._write_change(user, change))

    def renew(self, user: str) -> None:
        def attempt() -> None:
            owner = self._require_owner(user)
            renewed = read_ledger(user, owner.fields).renew()
            self._database.commit(_write_owner(owner, {"ledger": ledger_text(renewed)}))

        retry_on_conflict(attempt)

    def _write_change(self, user: str, change: Change) -> int:
        user_buckets = UserBuckets(self._database, user)
        owner, opened = user_buckets.open(buckets.delta_points(change.delta))
        if owner is None:
            raise Unknown(f"There is no user {user}.")
        if owner.fields.get("mark") == change.commit_id:
            return documents.log_head(owner)
        incarnation = str(owner.fields["life"])
        opened |= user_buckets.stale_buckets(change.delta, opened, incarnation)
        sequence = documents.log_head(owner) + change.delta.is_news
        writes = [
            user_buckets.write(name, fields and {"life": incarnation, **fields})
            for name, fields in buckets.changed_documents(opened, change.delta, self._limit).items()
        ]
        if change.delta.is_news:
            path = documents.entry_path(user, sequence)
            writes.append(Write(path, _entry(change, incarnation)))
        # Every writer of measurements writes the head, so whoever read it before reads again.
        # So does whoever got buckets older than the head, as Google's emulator sometimes gives.
        head = _head_fields(owner, user, sequence, change)
        head |= _summary_fields(owner, user_buckets, change.delta)
        if documents.CHARTS in owner.fields and "mark" in head:
            from healthrelay.adapters.firestore.charts import change_years  # noqa: PLC0415 - as below

            writes += change_years(self._database, user, owner, opened, (change.delta, head))
        self._database.commit(_write_owner(owner, head), *_require_one_commit(writes))
        return sequence


def ledger_text(ledger: Ledger) -> str:
    from healthrelay.core.measurements import ledger_document  # noqa: PLC0415 - a poll needs none

    return to_text(ledger_document.to_document(ledger))


def _write_owner(owner: StoredDocument, fields: Fields) -> Write:
    gone = ("covered",) if "ledger" in fields else ()
    return Write(owner.path, fields, since=owner.updated, gone=gone)


def _version(owner: StoredDocument | None) -> str:
    """Return what changes with the records, and with the units of earlier ones (`_head_fields`)."""
    fields = owner.fields if owner else {}
    return ".".join(str(fields.get(name, "")) for name in ("life", "head", "mark"))


def _summary_fields(owner: StoredDocument, user_buckets: UserBuckets, delta: Delta) -> Fields:
    """Return the summary that follows from *delta*; the records are still those before it."""
    from healthrelay.core.measurements import summary  # noqa: PLC0415 - a poll needs none

    if not summary.is_touched(delta):
        return {}
    stored = read_summary(owner.fields)
    if stored is None and not documents.log_head(owner):
        stored = {}
    after = summary.summary_after(stored, delta, lambda: user_buckets.named(summary.NAMES))
    return {SUMMARY: summary_text(after)}


def _head_fields(owner: StoredDocument, user: str, sequence: int, change: Change) -> dict[str, Any]:
    fields: dict[str, Any] = {"head": sequence}
    units_change = False
    if change.ledger is not None:
        from healthrelay.core.measurements import ledger_document  # noqa: PLC0415 - as above

        stored = read_ledger(user, owner.fields)
        ledger_document.require_same_epoch(stored, change.ledger, user)
        fields["ledger"] = ledger_text(change.ledger)
        units_change = stored.units != change.ledger.units
    if change.delta or units_change:
        fields["mark"] = change.commit_id
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
