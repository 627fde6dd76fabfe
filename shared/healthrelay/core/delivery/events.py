"""Log entries with their values joined in, as programs read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.core.delivery.entries import Entry, Keys
    from healthrelay.core.json import Json
    from healthrelay.core.measurements.records import Record

RecordIndex = Mapping[str, Mapping[str, "Json"]]
"""A person's records: series → key → element."""


def index_records(records: Iterable[Record]) -> RecordIndex:
    index: dict[str, dict[str, Json]] = {}
    for record in records:
        index.setdefault(record.series, {})[record.key] = dict(record.data)
    return index


def event(entry: Entry, now: RecordIndex) -> dict[str, Json]:
    """Return *entry* as an event, with the values as they are *now*.

    A record that came and has gone again is left out, because a later entry removes it; so is
    the removal of one that came again. Nothing in an event is ever out of date, so whoever
    applies all of them ends with what is now. ``whole`` replaces a series.
    """
    absent: dict[str, list[Json]] = {
        series: [key for key in keys if key not in now.get(series, {})]
        for series, keys in entry.removed.items()
    }
    parts: dict[str, Json] = {
        "added": _present(entry.added, now),
        "changed": _present(entry.changed, now),
        "removed": {series: keys for series, keys in absent.items() if keys},
        "whole": {series: dict(now.get(series, {})) for series in entry.whole},
    }
    head: dict[str, Json] = {"sequence": entry.sequence, "at": entry.at.isoformat()}
    return head | {change: part for change, part in parts.items() if part}


def _present(keys: Keys, now: RecordIndex) -> dict[str, Json]:
    """Return the elements of *keys* that still exist; series without any are left out."""
    present = {
        series: {key: now[series][key] for key in wanted if key in now[series]}
        for series, wanted in keys.items()
        if series in now
    }
    return {series: elements for series, elements in present.items() if elements}
