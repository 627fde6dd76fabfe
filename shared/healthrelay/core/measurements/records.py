"""A record: one element of one series, as it is stored and given out."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from healthrelay.core.damage import Damaged
from healthrelay.core.json import Json
from healthrelay.core.measurements.catalogue import SERIES


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

    In one loop, and by the inner half of `json.loads`: a person has tens of thousands.
    """
    records = []
    decode = json.JSONDecoder().raw_decode
    for series, key, when, data, origin in rows:
        try:
            value, end = decode(data)
            if end != len(data):
                raise ValueError("nothing follows the data")
            records.append(stored_record(series, key, when, value, origin))
        except Exception as error:
            raise Damaged(user, f"{place} {series} {key}") from error
    return records


Show = Callable[[Record], Mapping[str, Json]]
"""Returns the data of a record as they are given out."""


def as_stored(record: Record) -> Mapping[str, Json]:
    """Return the data of *record*: how it is given out in metric units."""
    return record.data


class Everything(NamedTuple):
    """All records of a person, as they were at one *version*, the log's *head* among it."""

    version: str
    """Another one after every change of what the records are, or are given out as."""
    head: int
    records: Sequence[Record]


_PLACE = attrgetter("series", "when", "key")


def in_order(records: Iterable[Record]) -> list[Record]:
    """Return *records*, each series in the order of its times."""
    return sorted(records, key=_PLACE)


def by_name(records: Iterable[Record]) -> dict[tuple[str, str], Record]:
    """Return the records by `Record.name`; the last of two of one name wins."""
    return {record.name: record for record in records}
