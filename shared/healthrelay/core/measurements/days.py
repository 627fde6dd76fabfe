"""Local days, and the periods of the legacy API."""

import calendar
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from healthrelay.core.errors import BadRequest
from healthrelay.core.measurements.catalogue import EPOCH

CONTINUED_ON = "continued_on"
"""The setting with the first day of a new account of the same wearer; only a move sets it."""

_DAYS = {"1d": 1, "7d": 7, "1w": 7, "30d": 30}
_MONTHS = {"1m": 1, "3m": 3, "6m": 6, "1y": 12}
PERIODS = ("1d", "7d", "30d", "1w", "1m", "3m", "6m", "1y", "max")


class Moment(NamedTuple):
    """An instant, and what the wearer's clocks show then."""

    now: datetime
    civil: datetime
    """Without a zone."""
    zone: str | None = None
    """That of the clocks, an IANA name; None is UTC, or one that nobody needs any more."""

    @property
    def day(self) -> date:
        return self.civil.date()


def today(now: datetime, zone: str | None) -> date:
    """Return the calendar day at *now* for somebody in *zone* (an IANA name; None is UTC)."""
    return civil(now, zone).date()


def civil(now: datetime, zone: str | None) -> datetime:
    """Return what clocks in *zone* show at *now*, without a zone."""
    if not zone:
        return now.astimezone(UTC).replace(tzinfo=None)
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - the poll needs no zones

    return now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def is_zone(name: str) -> bool:
    """Whether *name* is a time zone of the IANA database."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - as above

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        # ZoneInfo answers a directory name with an OSError, nonsense with one of the others.
        return False
    return True


def parse_day(name: str, text: str, today: date) -> date:
    """Read ``today`` or ``YYYY-MM-DD``; anything else is a `BadRequest` naming *name*."""
    if text == "today":
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # Week dates, and dates without dashes, are written otherwise than here.
    if day is None or day.isoformat() != text:
        raise BadRequest(f"{name} must be 'today' or a date like 2026-11-01.")
    if not EPOCH <= day <= today + timedelta(days=1):
        # One day of grace: the wearer may be ahead of the zone that we know of.
        raise BadRequest(f"{name} must lie between {EPOCH} and today.")
    return day


def first_day(last: date, period: str) -> date:
    """Return the first day of the *period* that ends on *last* (included), as Fitbit counts it."""
    if period == "max":
        return EPOCH
    if period in _DAYS:
        return last - timedelta(days=_DAYS[period] - 1)
    if period not in _MONTHS:
        raise BadRequest(f"period must be one of {', '.join(PERIODS)}.")
    months = last.year * 12 + last.month - 1 - _MONTHS[period]
    year, month = divmod(months, 12)
    day = min(last.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) + timedelta(days=1)
