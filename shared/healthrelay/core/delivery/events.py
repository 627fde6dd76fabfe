"""Log entries with their values joined in, as programs read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from healthrelay.core.delivery.entries import Entry, Keys
    from healthrelay.core.json import Json
    from healthrelay.core.measurements.records import Record

Elements = dict[str, dict[str, "Json"]]
"""Series → key → element."""


class RecordIndex(NamedTuple):
    """A person's records by series and key."""

    series: Mapping[str, Mapping[str, Json]]

    def present(self, keys: Keys) -> Elements:
        """Return the elements of *keys* that still exist; series without any are left out."""
        elements = {
            series: {key: self.series[series][key] for key in wanted if key in self.series[series]}
            for series, wanted in keys.items()
            if series in self.series
        }
        return {series: present for series, present in elements.items() if present}

    def absent(self, keys: Keys) -> dict[str, list[Json]]:
        """Return those of *keys* that do not exist; series without any are left out."""
        absent: dict[str, list[Json]] = {
            series: [key for key in wanted if key not in self.series.get(series, {})]
            for series, wanted in keys.items()
        }
        return {series: missing for series, missing in absent.items() if missing}

    def whole(self, names: Iterable[str]) -> Elements:
        """Return all elements of the series *names*; a series of which nothing is left is empty."""
        return {name: dict(self.series.get(name, {})) for name in names}


def index_records(records: Iterable[Record]) -> RecordIndex:
    """Return *records* by series and key."""
    by_series: dict[str, dict[str, Json]] = {}
    for record in records:
        by_series.setdefault(record.series, {})[record.key] = dict(record.data)
    return RecordIndex(by_series)


def event(entry: Entry, now: RecordIndex) -> dict[str, Json]:
    """Return *entry* as an event, with the values as they are *now*.

    A record that came and has gone again is left out, because a later entry removes it; so is
    the removal of one that came again. Nothing in an event is ever out of date, so whoever
    applies all of them ends with what is now. ``whole`` replaces a series.
    """
    head: dict[str, Json] = {"sequence": entry.sequence, "at": entry.at.isoformat()}
    parts: dict[str, Json] = {
        "added": _json(now.present(entry.added)),
        "changed": _json(now.present(entry.changed)),
        "removed": {**now.absent(entry.removed)},
        "whole": _json(now.whole(entry.whole)),
    }
    return head | {change: part for change, part in parts.items() if part}


def _json(elements: Elements) -> Json:
    return dict(elements)
