"""Some hours of days, where the record of a day holds all of its points.

A fetch of the hours from 22:00 to 23:30 has read nothing of the other hours: what is known of
them stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from healthrelay.core.measurements.reading import Window
    from healthrelay.core.measurements.records import Record

_LENGTH = ("datasetInterval", "datasetType")


def cut(record: Record, hours: tuple[str, str]) -> Record | None:
    """Return the points of *record* within *hours*; None when there are none."""
    return _with(record, [point for point in _points(record) if _inside(point, hours)])


def pieced(
    known: Iterable[Record], read: Sequence[Record], windows: Iterable[Window]
) -> list[Record]:
    """*read*, where records of some hours are pieced together with the *known* others.

    Points of another length do not mix: then the newly read ones alone are the day's.
    """
    hours = {window.series: window.hours for window in windows if window.hours}
    records = {record.name: record for record in read}
    for before in known:
        if before.series in hours and (
            whole := _piece_together(before, records, hours[before.series])
        ):
            records[before.name] = whole
    return list(records.values())


def _piece_together(
    before: Record, records: Mapping[tuple[str, str], Record], hours: tuple[str, str]
) -> Record | None:
    after = records.get(before.name)
    if after and any(before.data.get(name) != after.data.get(name) for name in _LENGTH):
        return after
    others = [point for point in _points(before) if not _inside(point, hours)]
    points: list[Any] = [*others, *(_points(after) if after else ())]
    return _with(after or before, sorted(points, key=lambda point: str(point["time"])))


def _points(record: Record) -> list[Any]:
    points = record.data.get("dataset")
    return points if isinstance(points, list) else []


def _inside(point: Mapping[str, Any], hours: tuple[str, str]) -> bool:
    """Fitbit's own rule: the last time is included, to the second."""
    return f"{hours[0]}:00" <= str(point["time"]) <= f"{hours[1]}:00"


def _with(record: Record, points: list[Any]) -> Record | None:
    return record._replace(data={**record.data, "dataset": points}) if points else None
