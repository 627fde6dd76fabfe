"""Records, and comparing what we know with what a provider just told us."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from healthrelay.core.catalogue import SERIES
from healthrelay.core.digestible import Json, digestible


@dataclass(frozen=True, slots=True)
class Record:
    """One element of one series in the legacy Fitbit shape."""

    series: str
    key: str
    when: str
    """Local day, or day and time (``2026-11-01T07:12:00``): sorts as text."""
    data: Mapping[str, Json]

    @property
    def name(self) -> tuple[str, str]:
        """What makes two records the same measurement."""
        return self.series, self.key


@dataclass(frozen=True, slots=True)
class Window:
    """The days *start* to *end* (both included) of one series."""

    series: str
    start: date
    end: date

    def holds(self, record: Record) -> bool:
        """Whether *record* lies inside."""
        day = record.when[:10]
        return (
            self.series == record.series and self.start.isoformat() <= day <= self.end.isoformat()
        )


@dataclass(frozen=True, slots=True)
class Delta:
    """What has to be written. Empty, and so false, when the provider told us nothing new."""

    added: tuple[Record, ...] = ()
    changed: tuple[Record, ...] = ()
    removed: tuple[Record, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def parse(series: str, elements: Iterable[Mapping[str, object]]) -> list[Record]:
    """Turn the *elements* of one series of a legacy answer into records.

    Raises `ValueError` naming the series when an element lacks its key or day: a record
    that cannot be told apart would be stored twice or lost.
    """
    row = SERIES[series]
    records = []
    for element in elements:
        data = digestible(element)
        if not isinstance(data, dict) or data.get(row.key) is None or not data.get(row.day):
            raise ValueError(f"an element of {series} has no {row.key} or no {row.day}")
        when = str(data[row.day])
        if row.time and data.get(row.time):
            when = f"{when}T{data[row.time]}"
        date.fromisoformat(when[:10])
        records.append(Record(series, str(data[row.key]), when, data))
    return records


def diff(known: Iterable[Record], incoming: Iterable[Record]) -> Delta:
    """Sort *incoming* into new, corrected and vanished records of a fully read window.

    A person may correct a weight by hand, so the same key with other data is a change,
    not a duplicate. The last of two equal keys wins.
    """
    before = {record.name: record for record in known}
    after = {record.name: record for record in incoming}
    return Delta(
        added=tuple(r for name, r in after.items() if name not in before),
        changed=tuple(r for name, r in after.items() if name in before and before[name] != r),
        removed=tuple(r for name, r in before.items() if name not in after),
    )
