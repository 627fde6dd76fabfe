"""The time that a chart shows, and its columns: days, weeks or months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

SPANS = {"30d": 30, "90d": 90, "1y": 365}
"""Name → days that end today."""
ALL = "all"
DAILY_DAYS, YEAR_DAYS = 120, 366
"""Up to how many days there is a column for each day, and up to how many one for each week."""
DAY = timedelta(days=1)


class Grain(Enum):
    """What a column stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Column(NamedTuple):
    """The days of one column of a chart, both included."""

    first: date
    last: date


class ShownSpan(NamedTuple):
    """The days that are shown, both included; *last* is today."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def grain(self, *, dense: bool) -> Grain:
        """Return what a column stands for; in a year what is *dense* has one a week."""
        if self.days <= DAILY_DAYS or (self.days <= YEAR_DAYS and not dense):
            return Grain.DAY
        return Grain.WEEK if self.days <= YEAR_DAYS else Grain.MONTH

    def columns(self, grain: Grain) -> list[Column]:
        """Return the columns from left to right; the first and the last may be cut."""
        return list(self._columns(grain))

    def _columns(self, grain: Grain) -> Iterator[Column]:
        first = self.first
        while first <= self.last:
            last = min(_last_day(first, grain), self.last)
            yield Column(first, last)
            first = last + DAY


def span(name: str, today: date, earliest: date | None) -> ShownSpan:
    """Return the span *name*; ``all`` begins with the *earliest* measurement, or 30 days ago.

    Raise `KeyError` for a name that is none.
    """
    if name == ALL:
        month_ago = today - 29 * DAY
        return ShownSpan(name, min(earliest or today, month_ago), today)
    return ShownSpan(name, today - (SPANS[name] - 1) * DAY, today)


def _last_day(first: date, grain: Grain) -> date:
    """Return the last day of the week, which begins on Monday, or of the month, of *first*."""
    if grain is Grain.DAY:
        return first
    if grain is Grain.WEEK:
        return first + (6 - first.weekday()) * DAY
    return (first.replace(day=28) + 4 * DAY).replace(day=1) - DAY
