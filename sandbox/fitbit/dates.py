"""Dates, periods and ranges as they stand in Fitbit's paths."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.fitbit.errors import invalid

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DAYS = {"1d": 1, "7d": 7, "1w": 7, "30d": 30}
_MONTHS = {"1m": 1, "3m": 3, "6m": 6, "1y": 12}
SHORT_PERIODS = ("1d", "7d", "30d", "1w", "1m")
LONG_PERIODS = (*SHORT_PERIODS, "3m", "6m", "1y")


@dataclass(frozen=True, slots=True)
class Days:
    """Days from *first* to *last*, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def each(self) -> list[date]:
        """Return the days, ascending."""
        return [self.first + timedelta(days=n) for n in range(len(self))]


@dataclass(frozen=True, slots=True)
class Limits:
    """What an endpoint accepts: the longest range in days, and the named periods."""

    cap: int
    periods: tuple[str, ...]


def read_days(start: str, end: str, today: date, limits: Limits) -> Days:
    """Return the days of `date/START.json` (no *end*), `…/PERIOD.json` or `…/END.json`.

    A period ends on its date; a range starts on it.
    """
    base = read_date(start, "date", today)
    if not end:
        return Days(base, base)
    if end in limits.periods:
        return Days(_period_start(base, end), base)
    if not _DATE.fullmatch(end) and end != "today":
        raise invalid("period", f"Invalid time period: {end}")
    days = Days(base, read_date(end, "end date", today))
    if days.last < days.first:
        raise invalid("end date", "The start date must be before the end date.")
    if len(days) > limits.cap:
        raise invalid("end date", f"The range must not exceed {limits.cap} days.")
    return days


def read_date(text: str, field: str, today: date) -> date:
    """`YYYY-MM-DD` or `today`."""
    if text == "today":
        return today
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise invalid(field, f"Invalid date: {text}")


def _period_start(last: date, period: str) -> date:
    try:
        if period in _DAYS:
            return last - timedelta(days=_DAYS[period] - 1)
        year, month = divmod(last.year * 12 + last.month - 1 - _MONTHS[period], 12)
        day = min(last.day, monthrange(year, month + 1)[1])
        return date(year, month + 1, day) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise invalid("date", f"Invalid date: {last}") from None
