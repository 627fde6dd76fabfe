"""Comparing what is stored of fully read days with what the provider has: what changes, what goes.

Absence is no deletion at first sight. A record that its own origin does not give is *marked*, and
removed when a second reading an hour or more later agrees; when more than two days of a series
are missing together, only after readings on three days. What takes the place of something does
so at once, so that nothing counts twice. On a day of which something could not be read nothing
else is missing: it may be what was not understood.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from healthrelay.core.measurements.catalogue import SERIES
from healthrelay.core.measurements.ledger import FEW_DAYS, MANY_LOOKS, Mark, Marks, is_second_look
from healthrelay.core.measurements.origin import has_provider, is_same_origin
from healthrelay.core.measurements.reading import Delta, Window
from healthrelay.core.measurements.records import Record, by_name
from healthrelay.core.measurements.units import METRIC

Name = tuple[str, str]


class Reading(NamedTuple):
    """A reading of whole days: of which, by whom, when, and what it says beside the records."""

    windows: Collection[Window]
    origin: str
    now: datetime
    day: str
    """The wearer's, as ISO text."""
    replaced: Collection[Name] = ()
    """Names that records which were read had before."""
    units: str = ""
    """The unit system of the records without an origin."""
    system: str = METRIC
    """The household's."""
    unsure: Mapping[str, Collection[str]] = MappingProxyType({})
    """Series → the days of which something is not known."""


class Compared(NamedTuple):
    delta: Delta
    marks: Marks
    """All of the person's that are left."""


def compare(
    known: Iterable[Record], incoming: Iterable[Record], marks: Marks, reading: Reading
) -> Compared:
    """Return what has to be written now that *known* was read again, as *incoming*.

    *known* is all that is stored of the windows. The last of two records of one name wins.
    """
    before, after = by_name(known), by_name(incoming)
    both = {name: record for name, record in after.items() if name in before}
    new = {n for n, record in both.items() if _differ(before[n], record, reading)}
    new |= after.keys() - both.keys()
    absent = [record for name, record in before.items() if name not in after]
    gone = {record.name for record in absent if record.name in reading.replaced}
    gone |= _superseded([r for r in absent if r.name not in gone], before, after, new, reading)
    own = [r for r in absent if r.name not in gone and _is_missing(r, reading)]
    looked = {record.name: _look_again(record, marks, reading) for record in own}
    left = _merge_marks(marks, looked, reading.windows)
    gone |= {name for name, mark in looked.items() if _is_confirmed(mark, left[name[0]], reading)}
    delta = Delta(
        added=tuple(record for name, record in after.items() if name not in before),
        changed=tuple(record for name, record in both.items() if name in new),
        removed=tuple(record for record in absent if record.name in gone),
        adopted=tuple(r for n, r in both.items() if n not in new and r != before[n]),
    )
    return Compared(delta, _without(left, gone))


def is_due(mark: Mark, now: datetime) -> bool:
    """Return whether a second look at *now* would say something."""
    return is_second_look(mark.first, now)


def _differ(before: Record, after: Record, reading: Reading) -> bool:
    """Return whether anybody who reads the record sees another value."""
    shown = before.data, after.data
    if reading.units not in ("", METRIC) and not before.origin and after.origin:
        from healthrelay.core.measurements.presentation import present  # noqa: PLC0415 - only once

        system = reading.system
        shown = present(before, system, reading.units), present(after, system)
    return before.when != after.when or shown[0] != shown[1]


def _gave(origin: str, record: Record) -> bool:
    """Return whether *origin* gave the record, so that its absence there means something."""
    return has_provider(record.origin) and is_same_origin(record.origin, origin)


def _is_missing(record: Record, reading: Reading) -> bool:
    """Return whether the absence of *record*, in whose place nothing came, says something."""
    if not _gave(reading.origin, record):
        return False
    if not reading.unsure:
        return True
    from healthrelay.core.measurements.odd_days import is_unsure  # noqa: PLC0415 - rarely any

    return not is_unsure(record, reading.unsure)


def _look_again(record: Record, marks: Marks, reading: Reading) -> Mark:
    """Return the mark of a *record* that is missing, after this look."""
    first = Mark(reading.now.isoformat(timespec="seconds"), record.when[:10], ())
    mark = marks.get(record.series, {}).get(record.key, first)
    looks = tuple(dict.fromkeys((*mark.looks, reading.day)))
    return mark._replace(looks=looks[:MANY_LOOKS])


def _is_confirmed(mark: Mark, beside: Mapping[str, Mark], reading: Reading) -> bool:
    """Return whether looking again has shown that the record is gone; *beside* is its series."""
    many = len({one.day for one in beside.values()}) > FEW_DAYS
    return is_due(mark, reading.now) and (not many or len(mark.looks) >= MANY_LOOKS)


def _merge_marks(
    marks: Marks, looked: Mapping[Name, Mark], windows: Collection[Window]
) -> dict[str, dict[str, Mark]]:
    """Return the *marks* of other days, and those of what was *looked* for in vain."""
    merged: dict[str, dict[str, Mark]] = {}
    for series, by_key in marks.items():
        again = [window for window in windows if window.series == series]
        merged[series] = {
            key: mark
            for key, mark in by_key.items()
            if not any(window.has_day(mark.day) for window in again)
        }
    for (series, key), mark in looked.items():
        merged.setdefault(series, {})[key] = mark
    return merged


def _without(marks: Marks, gone: Collection[Name]) -> Marks:
    left = {
        series: {key: mark for key, mark in by_key.items() if (series, key) not in gone}
        for series, by_key in marks.items()
    }
    return {series: by_key for series, by_key in left.items() if by_key}


def _superseded(
    absent: Collection[Record],
    before: Mapping[Name, Record],
    after: Mapping[Name, Record],
    new: Collection[Name],
    reading: Reading,
) -> set[Name]:
    """Return which of the *absent* records give way to what was read.

    What the same origin gave, or nobody knows who, gives way to what overlaps it in time; what
    another provider or account gave, to any record of its day.
    """
    gone: set[Name] = set()
    if not absent:
        return gone
    given = _by_series(record for record in after.values() if _gave(reading.origin, record))
    used: set[Name] = set()
    for record in absent:
        candidates = given.get(record.series, ())
        if has_provider(record.origin) and not _gave(reading.origin, record):
            if any(one.when[:10] == record.when[:10] for one in candidates):
                gone.add(record.name)
            continue
        successors = (
            one
            for one in candidates
            if one.name not in used and _takes_over(one, before.get(one.name), record, new)
        )
        if one := next(successors, None):
            gone.add(record.name)
            if not _span(one):
                used.add(one.name)
    return gone


def _takes_over(one: Record, beside: Record | None, record: Record, new: Collection[Name]) -> bool:
    """Return whether *one*, which was stored as *beside*, came in the place of *record*.

    What stood beside it at that time already did not, unless it is another's.
    """
    if not overlap(record, one):
        return False
    if beside is None or (beside.origin and not _gave(one.origin, record)):
        return True
    return one.name in new and not overlap(record, beside)


def _by_series(records: Iterable[Record]) -> dict[str, list[Record]]:
    by_series: dict[str, list[Record]] = {}
    for record in records:
        by_series.setdefault(record.series, []).append(record)
    return by_series


def overlap(one: Record, other: Record) -> bool:
    """Return whether two records of a series are about the same time, and so the same thing.

    Those that have neither times nor lengths are, if they differ only in what identifies them.
    """
    ours, theirs = _span(one), _span(other)
    if ours and theirs:
        return ours[0] < theirs[1] and theirs[0] < ours[1]
    if "T" in one.when:
        return one.when == other.when
    key = SERIES[one.series].key
    return one.when == other.when and {**one.data, key: None} == {**other.data, key: None}


def _span(record: Record) -> tuple[datetime, datetime] | None:
    """Return the local start and end of a night or an exercise; None for what has no length."""
    start, end, length = (record.data.get(n) for n in ("startTime", "endTime", "duration"))
    try:
        begun = datetime.fromisoformat(str(start) if "T" in str(start) else record.when)
        if end:
            return begun, datetime.fromisoformat(str(end))
        return (begun, begun + timedelta(milliseconds=float(str(length)))) if length else None
    except (ValueError, OverflowError):
        return None
