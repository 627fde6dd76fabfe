"""Days of which something could not be read: what stays of them, and how long it is named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from healthrelay.core.errors import OddDays
from healthrelay.core.json import Json, merge
from healthrelay.core.measurements.catalogue import SERIES
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.records import Record

MAX_ODD_DAYS = 31
"""Of a series, remembered with a person's grant."""


def is_unsure(record: Record, unsure: Mapping[str, Collection[str]]) -> bool:
    """Return whether something is not known of the day of *record*.

    *unsure* is series → local days; with ``""`` among them it is all days.
    """
    days = unsure.get(record.series, ())
    undated = not SERIES[record.series].day
    return bool(days) and (undated or "" in days or record.when[:10] in days)


def keep_members(
    known: Iterable[Record], read: Iterable[Record], unsure: Mapping[str, Collection[str]]
) -> list[Record]:
    """Return *read*, with what is *known* of its records beside, if their days are *unsure*."""
    records = {record.name: record for record in read}
    for before in known:
        after = records.get(before.name)
        if after is not None and is_unsure(before, unsure):
            records[before.name] = after._replace(data=_merge(before.data, after.data))
    return list(records.values())


def update_odd(
    known: OddDays, read: Iterable[Window], odd: OddDays
) -> dict[str, Mapping[str, int]]:
    """Return which points are known to be odd, now that the windows *read* had those in *odd*."""
    windows: dict[str, list[Window]] = {}
    for window in read:
        windows.setdefault(window.series, []).append(window)
    after: dict[str, Mapping[str, int]] = {}
    for series in sorted(known.keys() | odd.keys()):
        again = windows.get(series, [])
        days = {
            day: number
            for day, number in known.get(series, {}).items()
            if not again or (day and not any(window.has_day(day) for window in again))
        }
        days |= odd.get(series, {})
        if days:
            after[series] = dict(sorted(days.items())[-MAX_ODD_DAYS:])
    return after


def _merge(known: Mapping[str, Json], newer: Mapping[str, Json]) -> dict[str, Json]:
    """Return *newer* with what only *known* has, single points of a day among it.

    Points of another length do not mix.
    """
    merged = merge(known, newer)
    before, after = (data.get("dataset") for data in (known, newer))
    length = known.get("datasetInterval"), known.get("datasetType")
    same_length = length == (newer.get("datasetInterval"), newer.get("datasetType"))
    if isinstance(before, list) and isinstance(after, list) and same_length:
        points = {_time_of(point): point for point in (*before, *after)}
        merged["dataset"] = [points[time] for time in sorted(points)]
    return merged


def _time_of(point: Json) -> str:
    return str(point.get("time")) if isinstance(point, dict) else ""
