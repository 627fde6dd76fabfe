"""Records and nights for tests of charts, in the legacy shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from healthrelay.core.charts.chart import ValueChart, value_chart
from healthrelay.core.charts.spans import span
from healthrelay.core.charts.values import MEASURES
from healthrelay.core.json import Json
from healthrelay.core.measurements.records import Record

TODAY = date(2026, 11, 28)
"""A Saturday."""
NOW = datetime(2026, 11, 28, 17, 2)


def day(number: int, month: int = 11, year: int = 2026) -> date:
    return date(year, month, number)


def november(values: Mapping[int, str]) -> dict[date, Decimal]:
    """Day of November 2026 → value."""
    return {day(number): Decimal(value) for number, value in values.items()}


def chart(
    name: str, values: Mapping[date, Decimal], shown: str = "30d", today: date = TODAY
) -> ValueChart:
    return value_chart(MEASURES[name], values, span(shown, today, min(values, default=None)))


def record(series: str, when: str, data: Mapping[str, Json], key: str = "") -> Record:
    return Record(series, key or when, when, data, "google_health 1a2b3c4d")


def daily(series: str, when: date, value: Json) -> Record:
    iso = when.isoformat()
    return record(series, iso, {"dateTime": iso, "value": value})


def session(
    begin: str, stages: Iterable[tuple[str, int]], *, main: bool = True, **more: Json
) -> Record:
    """A session that begins at the civil time *begin*, with its stages and their minutes."""
    start = at = datetime.fromisoformat(begin)
    levels: list[Json] = []
    for level, minutes in stages:
        levels.append({"dateTime": _text(at), "level": level, "seconds": 60 * minutes})
        at += timedelta(minutes=minutes)
    iso = at.date().isoformat()
    data: dict[str, Json] = {
        "logId": int(start.timestamp()),
        "dateOfSleep": iso,
        "startTime": _text(start),
        "endTime": _text(at),
        "isMainSleep": main,
        "levels": {"data": levels},
        **more,
    }
    return record("sleep", iso, data, key=begin)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
