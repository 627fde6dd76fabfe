"""Protocol buffers' JSON: dates, times, durations and instants, read strictly and written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_CIVIL = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?")
_DURATION = re.compile(r"(\d{1,12})(?:\.(\d{1,9}))?s")

Json = dict[str, Any]


def date_json(day: date) -> Json:
    """Return a google.type.Date."""
    return {"year": day.year, "month": day.month, "day": day.day}


def civil_json(civil: datetime) -> Json:
    """Return a civil date and time; parts of the time that are zero are left out."""
    parts = {"hours": civil.hour, "minutes": civil.minute, "seconds": civil.second}
    return {
        "date": date_json(civil.date()),
        "time": {name: value for name, value in parts.items() if value},
    }


def instant_json(at: datetime) -> str:
    """Return an RFC 3339 timestamp in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def offset_json(at: datetime) -> str:
    """Return the UTC offset of *at* as a duration."""
    return f"{int((at.utcoffset() or timedelta()).total_seconds())}s"


def read_instant(text: str) -> datetime | None:
    """Return an RFC 3339 timestamp, or None."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def read_civil(text: str) -> datetime | None:
    """`YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS` without a zone, or None."""
    if not _CIVIL.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def read_duration(text: object) -> timedelta | None:
    """Return a duration such as `"3600s"` or `"1.500s"`, or None."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    micros = int((match[2] or "0").ljust(6, "0")[:6])
    return timedelta(seconds=int(match[1]), microseconds=micros)


def read_civil_json(value: object) -> datetime | None:
    """Return a `{"date": {...}, "time": {...}}`, or None when it is not one."""
    if not isinstance(value, Mapping) or not set(value) <= {"date", "time"}:
        return None
    day = _whole_numbers(value.get("date"), ("year", "month", "day"))
    clock = _whole_numbers(value.get("time", {}), ("hours", "minutes", "seconds"))
    if day is None or clock is None:
        return None
    try:
        return datetime.combine(date(*day), time(*clock))
    except ValueError:
        return None


def _whole_numbers(value: object, names: tuple[str, ...]) -> tuple[int, int, int] | None:
    if not isinstance(value, Mapping) or not set(value) <= set(names):
        return None
    first, second, third = (value.get(name, 0) for name in names)
    if not all(type(n) is int for n in (first, second, third)):
        return None
    return first, second, third
