"""Log entries with their values joined in, as programs read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from healthrelay.core.delivery.entries import Entry, Keys
    from healthrelay.core.json import Json
    from healthrelay.core.measurements.records import Record


class RecordIndex(NamedTuple):
    """A person's records by series and key."""

    series: Mapping[str, Mapping[str, Json]]

    def present(self, keys: Keys) -> dict[str, Json]:
        """Return the elements of *keys* that still exist; series without any are left out."""
        elements = {
            name: {key: self.series[name][key] for key in wanted if key in self.series[name]}
            for name, wanted in keys.items()
            if name in self.series
        }
        return {name: present for name, present in elements.items() if present}

    def absent(self, keys: Keys) -> dict[str, Json]:
        """Return those of *keys* that do not exist; series without any are left out."""
        absent: dict[str, list[Json]] = {
            name: [key for key in wanted if key not in self.series.get(name, {})]
            for name, wanted in keys.items()
        }
        return {name: missing for name, missing in absent.items() if missing}

    def whole(self, names: Iterable[str]) -> dict[str, Json]:
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
    parts: dict[str, Json] = {
        "added": now.present(entry.added),
        "changed": now.present(entry.changed),
        "removed": now.absent(entry.removed),
        "whole": now.whole(entry.whole),
    }
    head: dict[str, Json] = {"sequence": entry.sequence, "at": entry.at.isoformat()}
    return head | {change: part for change, part in parts.items() if part}
