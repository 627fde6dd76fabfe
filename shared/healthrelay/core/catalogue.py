"""Every series we know: its name, natural key, day, unit and label.

A series is one key of the legacy Fitbit answer and one element name in Igor, e.g.
``body-weight`` in ``{"body-weight": [{"dateTime": "2026-11-01", "value": "82.4"}]}``.
A new measurement is a new row here and one in each provider's table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What one record of a series stands for."""

    DAILY = "one value a day"
    LOG = "one entry of a log, several a day"


@dataclass(frozen=True, slots=True)
class Series:
    """How the records of one series are told apart, ordered and shown."""

    name: str
    label: str
    unit: str
    """``mass`` and the like follow the household's unit system; others are fixed."""
    kind: Kind = Kind.DAILY
    key: str = "dateTime"
    """The member that identifies a record: equal keys are the same measurement."""
    day: str = "dateTime"
    time: str | None = None
    value: str = "value"


def _log(name: str, label: str, unit: str) -> Series:
    return Series(name, label, unit, Kind.LOG, key="logId", day="date", time="time", value=name)


SERIES: dict[str, Series] = {
    row.name: row
    for row in (
        _log("weight", "Weight log", "mass"),
        _log("fat", "Body fat log", "percent"),
        Series("body-weight", "Weight", "mass"),
        Series("body-fat", "Body fat", "percent"),
        Series("body-bmi", "BMI", "kg/m²"),
        Series("activities-steps", "Steps", "steps"),
    )
}
