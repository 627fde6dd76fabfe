"""Records in buckets: which document holds which records, and how. Pure.

A bucket is a document ``<series>.<period>`` with the records of a year (``body-weight.2026``)
or, of an intraday series, of a day, and with their origins. One that would grow beyond what a
document may hold becomes a marker, ``{"split": true}``, and its records move to buckets of its
months, those of a month to its days. A day that is still too large is compressed, and if that
does not help, refused. Buckets are never joined again, so whoever has read the marker finds the
parts.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby

from healthrelay.adapters.firestore.documents import Fields
from healthrelay.core.errors import Refused
from healthrelay.core.json import to_text
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.origin import UNKNOWN
from healthrelay.core.measurements.reading import Delta, Window
from healthrelay.core.measurements.records import Record, stored_record

MAX_BYTES = 1_000_000
"""Of one bucket. A document may have 1,048,576, with its name, its field names and the rest."""
MAX_COMMIT = 9_000_000
"""Bytes; Firestore takes 10 MiB in one commit."""
YEAR, MONTH, DAY = 4, 7, 10
_NARROWER = {YEAR: MONTH, MONTH: DAY}

Point = tuple[str, str]
"""A series and a day of it, ``("body-weight", "2026-11-01")``."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The records of one series in one period (``2026``, ``2026-11``, ``2026-11-01``), by key."""

    series: str
    period: str
    records: Mapping[str, Record]

    @property
    def name(self) -> str:
        return f"{self.series}.{self.period}"

    def holds(self, record: Record) -> bool:
        return record.series == self.series and record.when.startswith(self.period)


def bucket_name(point: Point) -> str:
    """Return the name of the bucket that holds a day, unless it is split."""
    series, day = point
    row = SERIES.get(series)
    return f"{series}.{day[: DAY if row and row.kind is Kind.INTRADAY else YEAR]}"


def narrower_buckets(split: Iterable[str], points: Iterable[Point]) -> set[str]:
    """Return the narrower buckets that hold those *points* whose buckets are *split*."""
    marks = set(split)
    return {
        f"{series}.{day[:narrower]}"
        for series, day in points
        for wide, narrower in _NARROWER.items()
        if f"{series}.{day[:wide]}" in marks
    }


def window_points(windows: Iterable[Window]) -> set[Point]:
    return {
        (window.series, (window.start + timedelta(days)).isoformat())
        for window in windows
        for days in range((window.end - window.start).days + 1)
    }


def delta_points(delta: Delta) -> set[Point]:
    """Return the days of the records in *delta*."""
    return {(r.series, r.when[:DAY]) for r in (*delta.written, *delta.removed)}


def key_is_not_day(series: str) -> bool:
    """Return whether a record's key does not give its bucket: an entry's day can be corrected."""
    row = SERIES.get(series)
    return row is None or (row.kind is not Kind.STATE and row.key != row.day)


def is_split(fields: Fields) -> bool:
    return bool(fields.get("split"))


def read_keys(fields: Fields) -> set[str]:
    """Return the keys of the records inside, stored where the key is not the day."""
    return set(json.loads(fields.get("keys") or "[]"))


def decode(name: str, fields: Fields) -> Bucket:
    """Return the bucket in a document; an empty one if there are no fields."""
    series, _, period = name.rpartition(".")
    packed = fields.get("packed")
    text = zlib.decompress(packed) if packed else fields.get("records", "[]")
    rows = json.loads(text)
    # [key, data], or [key, when, data] where the key is not the day.
    records = (
        stored_record(series, row[0], row[-2], row[-1], origin)
        for row, origin in zip(rows, _origins(fields, len(rows)), strict=True)
    )
    return Bucket(series, period, {record.key: record for record in records})


def encode(bucket: Bucket, limit: int = MAX_BYTES) -> dict[str, Fields | None]:
    """Return the documents that hold *bucket*, each at most *limit* bytes; None for an empty one.

    Raise `Refused` for a day that fits into none.
    """
    if not bucket.records:
        return {bucket.name: None}
    fields = _encode(bucket)
    if text_bytes(fields) > limit and len(bucket.period) == DAY:
        fields = _pack(fields)
        if text_bytes(fields) > limit:
            raise Refused("Firestore", f"{bucket.name} is larger than a document may be")
    if text_bytes(fields) <= limit:
        return {bucket.name: fields}
    documents: dict[str, Fields | None] = {bucket.name: {"split": True}}
    for part in _split(bucket):
        documents |= encode(part, limit)
    return documents


def changed_documents(
    opened: Mapping[str, Bucket], delta: Delta, limit: int = MAX_BYTES
) -> dict[str, Fields | None]:
    """Return the documents that *delta* changes; *opened* are all buckets that hold its records."""
    named = {record.name for record in (*delta.removed, *delta.written)}
    documents: dict[str, Fields | None] = {}
    for bucket in opened.values():
        rest = {k: r for k, r in bucket.records.items() if r.name not in named}
        new = {r.key: r for r in _last(delta) if bucket.holds(r)}
        if new or len(rest) < len(bucket.records):
            documents |= encode(replace(bucket, records=rest | new), limit)
    return documents


def person_documents(records: Iterable[Record], limit: int = MAX_BYTES) -> dict[str, Fields | None]:
    by_bucket: dict[str, dict[str, Record]] = {}
    for record in records:
        name = bucket_name((record.series, record.when[:DAY]))
        by_bucket.setdefault(name, {})[record.key] = record
    documents: dict[str, Fields | None] = {}
    for name, inside in by_bucket.items():
        documents |= encode(replace(decode(name, {}), records=inside), limit)
    return documents


def text_bytes(fields: Fields) -> int:
    """Return the bytes of the texts in *fields*; all of them are ASCII."""
    return sum(len(value) for value in fields.values() if isinstance(value, str | bytes))


def _last(delta: Delta) -> Iterable[Record]:
    """Return what *delta* writes; of two with equal names the last wins, in whichever bucket."""
    return {record.name: record for record in delta.written}.values()


def _encode(bucket: Bucket) -> dict[str, str | bytes]:
    ordered = sorted(bucket.records.values(), key=lambda r: (r.when, r.key))
    rows = [[r.key, r.data] if r.key == r.when else [r.key, r.when, r.data] for r in ordered]
    fields: dict[str, str | bytes] = {"records": to_text(rows)}
    if any(record.origin for record in ordered):
        fields["origins"] = _origins_text(ordered)
    if key_is_not_day(bucket.series):
        fields["keys"] = to_text(sorted(bucket.records))
    return fields


def _origins_text(ordered: Iterable[Record]) -> str:
    """Return ``[["import","fitbit"],[[0,300],[1,65]]]``: the origins, and which has how many.

    The records of one origin mostly follow each other, so a bucket names each about once.
    """
    runs = [(origin, len(list(run))) for origin, run in groupby(r.origin for r in ordered)]
    names = list(dict(runs))
    return to_text([names, [[names.index(origin), count] for origin, count in runs]])


def _origins(fields: Fields, count: int) -> Iterable[str]:
    """Return the origins of *count* records; an earlier version stored none."""
    if "origins" not in fields:
        return [UNKNOWN] * count
    names, runs = json.loads(fields["origins"])
    return [names[name] for name, length in runs for _ in range(length)]


def _pack(fields: dict[str, str | bytes]) -> dict[str, str | bytes]:
    text = str(fields["records"])
    rest = {name: value for name, value in fields.items() if name != "records"}
    return rest | {"packed": zlib.compress(text.encode())}


def _split(bucket: Bucket) -> list[Bucket]:
    width = _NARROWER[len(bucket.period)]
    groups: dict[str, dict[str, Record]] = {}
    for record in bucket.records.values():
        groups.setdefault(record.when[:width], {})[record.key] = record
    return [Bucket(bucket.series, period, records) for period, records in groups.items()]
