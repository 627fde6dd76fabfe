"""Log entries with their values joined in, as programs read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.measurements.records import as_stored

if TYPE_CHECKING:
    from healthrelay.core.delivery.entries import Entry, Keys
    from healthrelay.core.json import Json
    from healthrelay.core.measurements.records import Record, Show


class RecordIndex(NamedTuple):
    """A person's records as they are now, and how they are given out."""

    series: Mapping[str, Mapping[str, Record]]
    """Series → key → record."""
    show: Show

    def has(self, series: str, key: str) -> bool:
        return key in self.series.get(series, {})

    def elements(self, series: str, keys: Iterable[str] | None = None) -> dict[str, Json]:
        """Return the elements of *keys* that exist, or all of *series*, by their keys."""
        known = self.series.get(series, {})
        wanted = known if keys is None else [key for key in keys if key in known]
        return {key: dict(self.show(known[key])) for key in wanted}


def index_records(records: Iterable[Record], show: Show = as_stored) -> RecordIndex:
    index: dict[str, dict[str, Record]] = {}
    for record in records:
        index.setdefault(record.series, {})[record.key] = record
    return RecordIndex(index, show)


def event(entry: Entry, now: RecordIndex) -> dict[str, Json]:
    """Return *entry* as an event, with the values as they are *now*.

    A record that came and has gone again is left out, because a later entry removes it; so is
    the removal of one that came again. Nothing in an event is ever out of date, so whoever
    applies all of them ends with what is now. ``whole`` replaces a series.
    """
    absent: dict[str, list[Json]] = {
        series: [key for key in keys if not now.has(series, key)]
        for series, keys in entry.removed.items()
    }
    parts: dict[str, Json] = {
        "added": _present(entry.added, now),
        "changed": _present(entry.changed, now),
        "removed": {series: keys for series, keys in absent.items() if keys},
        "whole": {series: now.elements(series) for series in entry.whole},
    }
    head: dict[str, Json] = {"sequence": entry.sequence, "at": entry.at.isoformat()}
    return head | {change: part for change, part in parts.items() if part}


def _present(keys: Keys, now: RecordIndex) -> dict[str, Json]:
    """Return the elements of *keys* that still exist; series without any are left out."""
    present = {series: now.elements(series, wanted) for series, wanted in keys.items()}
    return {series: elements for series, elements in present.items() if elements}
