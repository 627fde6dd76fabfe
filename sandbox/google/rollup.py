"""The two roll-ups: by absolute windows of time, and by civil days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sandbox.google.datatype import DataType
from sandbox.google.errors import ApiError, invalid, refused, unknown_field
from sandbox.google.paging import page_size
from sandbox.google.points import Period, Point
from sandbox.google.values import (
    Json,
    civil_json,
    instant_json,
    read_civil_json,
    read_duration,
    read_instant,
)
from sandbox.wearer import civil

_COMMON = {"range", "pageSize", "pageToken", "dataSourceFamily"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Equal windows from *start* to *end*; *daily* ones are civil (naive), others absolute."""

    start: datetime
    end: datetime
    width: timedelta
    daily: bool
    page_size: int = 0

    @property
    def period(self) -> Period:
        """Days that surely hold everything in the windows."""
        return Period.around(self.start.date(), self.end.date())

    def of(self, point: Point) -> int | None:
        """Return the number of the window *point* begins in, or None when it is outside."""
        at = civil(point.start) if self.daily else point.start
        return (at - self.start) // self.width if self.start <= at < self.end else None

    def json(self, number: int) -> Json:
        """Where window *number* begins and ends. The last one may be cut short."""
        start = self.start + number * self.width
        end = min(start + self.width, self.end)
        if self.daily:
            return {"civilStartTime": civil_json(start), "civilEndTime": civil_json(end)}
        return {"startTime": instant_json(start), "endTime": instant_json(end)}


def roll(points: Iterable[Point], windows: Windows, row: DataType) -> list[Json]:
    """Return the windows that have data, newest first."""
    within: dict[int, list[Point]] = {}
    for point in points:
        number = windows.of(point)
        if number is not None:
            within.setdefault(number, []).append(point)
    return [
        {**windows.json(number), row.key: row.roll_up(within[number])}
        for number in sorted(within, reverse=True)
    ]


def read_windows(body: Mapping[str, Any], row: DataType) -> Windows:
    """Return the windows of a `rollUp` request."""
    _only(body, _COMMON | {"windowSize"}, "")
    start, end = _range(body, "startTime", "endTime")
    width = read_duration(body.get("windowSize"))
    if width is None or width < timedelta(seconds=1):
        raise refused("INVALID_ROLLUP_WINDOW", "The window size must be at least 1s.")
    return _check(row, body, Windows(start=start, end=end, width=width, daily=False))


def read_days(body: Mapping[str, Any], row: DataType) -> Windows:
    """Return the windows of a `dailyRollUp` request."""
    _only(body, _COMMON | {"windowSizeDays"}, "")
    start, end = _range(body, "start", "end")
    days = body.get("windowSizeDays", 1)
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= row.cap:
        raise refused("INVALID_ROLLUP_WINDOW", "The window size must be at least one day.")
    width = timedelta(days=days or 1)
    return _check(row, body, Windows(start=start, end=end, width=width, daily=True))


def _range(body: Mapping[str, Any], first: str, last: str) -> tuple[datetime, datetime]:
    span = body.get("range")
    if not isinstance(span, Mapping):
        raise invalid("range", "The range is required.")
    _only(span, {first, last}, " at 'range'")
    start, end = _time(span, first), _time(span, last)
    if end <= start:
        raise refused("INVALID_TIME_RANGE", "Query end time must be strictly larger than start.")
    return start, end


def _time(span: Mapping[str, Any], name: str) -> datetime:
    value = span.get(name)
    if name in ("start", "end"):
        moment = read_civil_json(value)
    else:
        moment = read_instant(value) if isinstance(value, str) else None
    if moment is None:
        raise invalid(f"range.{name}", f"Invalid value at 'range.{name}'.")
    return moment


def _check(row: DataType, body: Mapping[str, Any], windows: Windows) -> Windows:
    cap = timedelta(days=row.cap)
    if windows.end - windows.start > cap:
        raise _too_long(row)
    default = row.cap if windows.daily else row.page_size
    maximum = row.cap if windows.daily else row.max_page_size
    size = page_size(body.get("pageSize"), default, maximum)
    if body.get("pageSize"):
        # A page that could hold more than the cap is refused, however short the range is.
        if int(body["pageSize"]) > cap / windows.width:
            raise _too_long(row)
        if windows.daily and windows.width * size < windows.end - windows.start:
            raise invalid("pageSize", "page_size too small")
    return replace(windows, page_size=size)


def _too_long(row: DataType) -> ApiError:
    return refused(
        "INVALID_ROLLUP_QUERY_DURATION",
        f"The query duration must not exceed {row.cap} days.",
        maxDurationDays=str(row.cap),
    )


def _only(given: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in given:
        if name not in known:
            raise unknown_field(name, where)
