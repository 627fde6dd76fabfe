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


class Known(NamedTuple):
    """A person's records, to be found by series and key."""

    series: Mapping[str, Mapping[str, Json]]

    def named(self, keys: Keys) -> Elements:
        """The elements of *keys* that are still there, and of series that have any."""
        found = {
            series: {key: self.series[series][key] for key in wanted if key in self.series[series]}
            for series, wanted in keys.items()
            if series in self.series
        }
        return {series: elements for series, elements in found.items() if elements}

    def gone(self, keys: Keys) -> dict[str, list[Json]]:
        """Those of *keys* that are not there, and the series that have any."""
        lacking: dict[str, list[Json]] = {
            series: [key for key in wanted if key not in self.series.get(series, {})]
            for series, wanted in keys.items()
        }
        return {series: found for series, found in lacking.items() if found}

    def whole(self, names: Iterable[str]) -> Elements:
        """All elements of the series *names*; one of which nothing is left is empty."""
        return {name: dict(self.series.get(name, {})) for name in names}


def known(records: Iterable[Record]) -> Known:
    """*records* by series and key."""
    found: dict[str, dict[str, Json]] = {}
    for record in records:
        found.setdefault(record.series, {})[record.key] = dict(record.data)
    return Known(found)


def event(entry: Entry, now: Known) -> dict[str, Json]:
    """What *entry* says, with the values as they are *now*.

    A record that came and has gone again is left out, for a later entry removes it; so is
    the removal of one that came again. Nothing that an event says is ever out of date, so
    whoever applies all of them ends with what is now. ``whole`` replaces a series.
    """
    told: dict[str, Json] = {"sequence": entry.sequence, "at": entry.at.isoformat()}
    parts: dict[str, Json] = {
        "added": _json(now.named(entry.added)),
        "changed": _json(now.named(entry.changed)),
        "removed": {**now.gone(entry.removed)},
        "whole": _json(now.whole(entry.whole)),
    }
    return told | {what: part for what, part in parts.items() if part}


def _json(elements: Elements) -> Json:
    return dict(elements)
