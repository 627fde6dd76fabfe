"""Records, and comparing what we know with what a provider has."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from healthrelay.core.damage import Damaged
from healthrelay.core.igor_json import to_igor_json
from healthrelay.core.json import Json
from healthrelay.core.measurements.catalogue import SERIES, Series
from healthrelay.core.measurements.days import EPOCH

Span = tuple[date, date]
DAY = timedelta(days=1)


class Record(NamedTuple):
    """One element of one series in the legacy Fitbit shape."""

    series: str
    key: str
    when: str
    """Local day, or day and time (``2026-11-01T07:12:00``): sorts as text."""
    data: Mapping[str, Json]
    """In metric units, if it has an *origin*."""
    origin: str = ""
    """Where it came from (`core.measurements.origin`); empty if an earlier version stored it."""

    @property
    def name(self) -> tuple[str, str]:
        """What makes two records the same measurement."""
        return self.series, self.key


Names = Mapping[str, Collection[str] | None]
"""Series → the keys of its records; None for all of them."""


def stored_record(
    series: str, key: str, when: str, data: Mapping[str, Json], origin: str
) -> Record:
    """Return a record that a store holds. Raise `ValueError` and its like if it is none of ours."""
    date.fromisoformat(when[:10])
    if not (isinstance(key, str) and isinstance(origin, str) and isinstance(data, dict)):
        raise TypeError("a record has a key, data and an origin")
    row = SERIES.get(series)
    if row and row.day and row.day not in data:
        raise ValueError("the data of a record have its day")
    return Record(series, key, when, data, origin)


StoredRow = tuple[str, str, str, str, str]
"""Series, key, local time, data as JSON, and origin."""


def stored_records(user: str, place: str, rows: Iterable[StoredRow]) -> list[Record]:
    """Return the records in *rows* of *user*. Raise `Damaged`, with *place* and the record's name.

    In one loop: a person has tens of thousands.
    """
    records = []
    for series, key, when, data, origin in rows:
        try:
            records.append(stored_record(series, key, when, json.loads(data), origin))
        except Exception as error:
            raise Damaged(user, f"{place} {series} {key}") from error
    return records


Show = Callable[[Record], Mapping[str, Json]]
"""Returns the data of a record as they are given out."""


def as_stored(record: Record) -> Mapping[str, Json]:
    """Return the data of *record*: how it is given out in metric units."""
    return record.data


class Window(NamedTuple):
    """The days *start* to *end* (both included) of one series.

    *detail* is the length of an intraday point, such as ``1min``; *hours* are the first and last
    time of each day (both included, ``("22:00", "23:30")``), None for all of it. A state, which
    has no day, lies on the first day there is.
    """

    series: str
    start: date
    end: date
    detail: str = ""
    hours: tuple[str, str] | None = None

    @property
    def covers(self) -> str:
        """What the ledger calls it: hours of a day are not the day."""
        return f"{self.series} {'-'.join(self.hours)}" if self.hours else self.series

    def holds(self, record: Record) -> bool:
        return self.series == record.series and self.has_day(record.when[:10])

    def has_day(self, day: str) -> bool:
        """Return whether the ISO *day* lies in it."""
        return self.start.isoformat() <= day <= self.end.isoformat()


class Delta(NamedTuple):
    """What has to be written. Empty, and so false, when there is nothing new."""

    added: tuple[Record, ...] = ()
    changed: tuple[Record, ...] = ()
    removed: tuple[Record, ...] = ()
    adopted: tuple[Record, ...] = ()
    """Of another origin now, or in other units, but with the same values for whoever reads them:
    written, and no entry of the log names them."""

    @property
    def is_news(self) -> bool:
        """Whether a target has to hear of it."""
        return bool(self.added or self.changed or self.removed)

    @property
    def written(self) -> tuple[Record, ...]:
        """The records that are stored as they are here; of two with one name the last counts."""
        return (*self.adopted, *self.added, *self.changed)

    def __bool__(self) -> bool:
        return self.is_news or bool(self.adopted)


class ConvertedSeries(NamedTuple):
    """What became of all that was read for one series; days are local, as ISO text."""

    elements: Sequence[Mapping[str, object]]
    """In the legacy shape."""
    odd: Mapping[str, int]
    """Day, ``""`` where it is not known → how many points could not be read, and are set aside."""
    unsure: Collection[str] = ()
    """More days of which a point says that something is not known."""
    replaced: Collection[str] = ()
    """Keys under which records of these elements were stored before."""


def parse(
    series: str, elements: Iterable[object], origin: str = ""
) -> tuple[list[Record], dict[str, int]]:
    """Turn the *elements* of one series of a legacy answer, given by *origin*, into records.

    Return with them day → how many elements were set aside: one that lacks its key or day cannot
    be identified, and would be stored twice or lost.
    """
    row = SERIES[series]
    records = []
    odd: Counter[str] = Counter()
    for element in elements:
        data = to_igor_json(element)
        if not isinstance(data, dict):
            odd[""] += 1
            continue
        key, when = _key(row, data), _when(row, data)
        if key and when:
            records.append(Record(series, key, when, data, origin))
        else:
            odd[when[:10]] += 1
    return records, dict(odd)


def _key(row: Series, data: Mapping[str, Json]) -> str:
    """Return what identifies an element; nothing where it lacks that."""
    if not row.key:
        return "the one"
    key = data.get(row.key)
    return "" if key is None else str(key)


def _when(row: Series, data: Mapping[str, Json]) -> str:
    """Return the local day of an element, with its time where the series has one.

    Nothing where it has no day.
    """
    if not row.day:
        return EPOCH.isoformat()
    day = str(data.get(row.day) or "")
    try:
        date.fromisoformat(day[:10])
    except ValueError:
        return ""
    time = data.get(row.time) if row.time else None
    return f"{day}T{time}" if time else day


def by_name(records: Iterable[Record]) -> dict[tuple[str, str], Record]:
    """Return the records by `Record.name`; the last of two of one name wins."""
    return {record.name: record for record in records}


def select(records: Iterable[Record], windows: Iterable[Window]) -> list[Record]:
    by_series: dict[str, list[Window]] = {}
    for window in windows:
        by_series.setdefault(window.series, []).append(window)
    return [
        record
        for record in records
        if any(window.holds(record) for window in by_series.get(record.series, ()))
    ]


def diff(known: Iterable[Record], incoming: Iterable[Record]) -> Delta:
    """Sort *incoming* into new, corrected and vanished records of a fully read window.

    A person may correct a weight by hand, so the same key with other data is a change,
    not a duplicate. The last of two equal keys wins.
    """
    before, after = by_name(known), by_name(incoming)
    return Delta(
        added=tuple(r for name, r in after.items() if name not in before),
        changed=tuple(r for name, r in after.items() if name in before and before[name] != r),
        removed=tuple(r for name, r in before.items() if name not in after),
    )


def without(window: Window, gaps: Iterable[Span]) -> list[Window]:
    """Return the stretches of *window* that lie outside all *gaps*."""
    stretches, start = [], window.start
    for first, last in sorted(gaps):
        if start < first:
            stretches.append(window._replace(start=start, end=min(window.end, first - DAY)))
        start = max(start, last + DAY)
        if start > window.end:
            return stretches
    return [*stretches, window._replace(start=start)]
