"""What Today shows of a person's measurements, kept ready beside the records.

A summary has every record of a few series from the days before the newest one of each, cut to the
members that are shown. It follows from the records alone: a store writes it with them, and makes it
again where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from healthrelay.core.damage import Damaged
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Names, Record, by_name, stored_record


class Part(NamedTuple):
    """So many *days* up to the newest record of a series, and the *members* of each record."""

    days: int
    members: tuple[str, ...]


_NIGHT = "logId dateOfSleep startTime endTime duration minutesAsleep isMainSleep"
PARTS: Mapping[str, Part] = {
    # A month is drawn, and its first days have a mean of the week before.
    "weight": Part(37, ("logId", "date", "time", "weight")),
    "body-weight": Part(37, ("dateTime", "value")),
    "activities-steps": Part(7, ("dateTime", "value")),
    "activities-summary": Part(7, ("date", "steps")),
    "sleep": Part(1, tuple(_NIGHT.split())),
}
NAMES: Names = dict.fromkeys(PARTS)
"""What a store reads to make a summary."""
Summary = Mapping[str, Sequence[Record]]
"""Series → its newest records, the oldest first."""


def summarize(records: Iterable[Record]) -> dict[str, tuple[Record, ...]]:
    """Return the summary of a person's *records*."""
    parts: dict[str, list[Record]] = {series: [] for series in PARTS}
    for record in records:
        if record.series in parts:
            parts[record.series].append(record)
    return {series: _newest(series, found) for series, found in parts.items() if found}


def is_touched(delta: Delta) -> bool:
    """Return whether *delta* has a record of a series that a summary shows."""
    return any(record.series in PARTS for record in (*delta.removed, *delta.written))


def summary_after(
    stored: Summary | None, delta: Delta, load: Callable[[], Iterable[Record]]
) -> Summary | None:
    """Return the summary after *delta*; *load* reads the records before it, where that is needed.

    It is where no summary is stored, or the newest record goes, behind which older ones come
    up. None where the records cannot be read: what is derived must not stop what is stored.
    """
    after = None if stored is None else _update(stored, delta)
    if after is not None:
        return after
    try:
        known = by_name(load())
    except Damaged:
        return None
    for record in delta.removed:
        known.pop(record.name, None)
    return summarize((known | by_name(delta.written)).values())


def to_document(summary: Summary) -> dict[str, Any]:
    return {
        series: [[r.key, r.when, r.data, r.origin] for r in records]
        for series, records in summary.items()
    }


def from_document(document: Mapping[str, Any] | None) -> Summary | None:
    """Return the summary in *document*; None where there is none, or one that cannot be read."""
    if document is None:
        return None
    try:
        return {
            series: tuple(stored_record(series, *parts) for parts in document[series])
            for series in document
        }
    except Exception:  # noqa: BLE001 - it is made again from the records
        return None


def _update(summary: Summary, delta: Delta) -> Summary | None:
    """Return *summary* after *delta*; None when older records come up, which it does not have."""
    touched = {r.series for r in (*delta.removed, *delta.written)} & PARTS.keys()
    after = dict(summary)
    for series in touched:
        known = by_name(summary.get(series, ()))
        newest = max((record.when for record in known.values()), default="")
        for record in delta.removed:
            known.pop(record.name, None)
        known |= by_name(record for record in delta.written if record.series == series)
        if max((record.when for record in known.values()), default="") < newest:
            return None
        after[series] = _newest(series, known.values())
    return {series: records for series, records in after.items() if records}


def _newest(series: str, records: Iterable[Record]) -> tuple[Record, ...]:
    part, ordered = PARTS[series], sorted(records, key=lambda r: (r.when, r.key))
    if not ordered:
        return ()
    last = date.fromisoformat(ordered[-1].when[:10])
    first = (last - timedelta(days=part.days - 1)).isoformat()
    return tuple(_cut(record, part) for record in ordered if record.when[:10] >= first)


def _cut(record: Record, part: Part) -> Record:
    kept = {name: record.data[name] for name in part.members if name in record.data}
    return record._replace(data=kept)
