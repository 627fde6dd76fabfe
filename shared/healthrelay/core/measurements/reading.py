"""What was read from a provider: of which days, as which records, and what it changes here."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from healthrelay.core.igor_json import to_igor_json
from healthrelay.core.json import Json
from healthrelay.core.measurements.catalogue import EPOCH, SERIES, Series
from healthrelay.core.measurements.records import Record, by_name


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

    def has_day(self, day: str) -> bool:
        """Return whether the ISO *day* lies in it."""
        return self.start.isoformat() <= day <= self.end.isoformat()


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


def select(records: Iterable[Record], windows: Iterable[Window]) -> list[Record]:
    """Return those of *records* that lie in any of *windows*."""
    spans: dict[str, list[tuple[str, str]]] = {}
    for window in windows:
        days = window.start.isoformat(), window.end.isoformat()
        spans.setdefault(window.series, []).append(days)
    return [
        record
        for record in records
        if any(first <= record.when[:10] <= last for first, last in spans.get(record.series, ()))
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
