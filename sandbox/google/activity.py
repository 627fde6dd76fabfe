"""The data points of a day's activity: totals, and stretches of time at a level."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.decimals import number
from sandbox.google.points import DERIVED, TRACKER, Period, Point, Points
from sandbox.minutes import TENTH, shares, stretches
from sandbox.wearer import Day, Wearer

_ONE_MINUTE = timedelta(minutes=1)
_ACTIVE = {"LIGHTLY_ACTIVE": "LIGHT", "MODERATELY_ACTIVE": "MODERATE", "VERY_ACTIVE": "VIGOROUS"}

Total = Callable[[Day], int | Decimal | None]


def counts(total: Total, member: str) -> Points:
    """Points that share a day's total, a whole number, among a few minutes."""
    return _minutes(total, lambda share: {member: str(share)}, Decimal(1))


def energies(total: Total) -> Points:
    """Points that share a day's kilocalories among a few minutes."""
    return _minutes(total, lambda share: {"kcal": number(share)}, TENTH)


def _minutes(total: Total, value: Callable[[Decimal], dict[str, object]], unit: Decimal) -> Points:
    def spread(wearer: Wearer, period: Period) -> Iterator[Point]:
        for day, activity in wearer.days.items():
            amount = total(activity)
            if amount is not None and day in period:
                for start, share in shares(wearer, day, amount, unit):
                    yield Point(
                        start=start,
                        end=start + _ONE_MINUTE,
                        source=TRACKER,
                        value=value(share),
                        amount=share,
                    )

    return spread


def levels(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Stretches of sedentary, light, moderate and vigorous time."""
    for kind, start, length in _stretches(wearer, period):
        yield _lasting(kind, start, length, {"activityLevelType": kind})


def sedentary(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Stretches of sedentary time alone."""
    for kind, start, length in _stretches(wearer, period):
        if kind == "SEDENTARY":
            yield _lasting(kind, start, length, {})


def active_minutes(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Minutes of activity, a point for each stretch."""
    for kind, start, length in _stretches(wearer, period):
        if kind in _ACTIVE:
            minutes, level = length // _ONE_MINUTE, _ACTIVE[kind]
            minutes_at_level = {"activityLevel": level, "activeMinutes": str(minutes)}
            yield Point(
                start=start,
                end=start + length,
                source=TRACKER,
                value={"activeMinutesByActivityLevel": [minutes_at_level]},
                amount=Decimal(minutes),
                part=level,
            )


def _stretches(wearer: Wearer, period: Period) -> Iterator[tuple[str, datetime, timedelta]]:
    for day, activity in wearer.days.items():
        if activity.levels is not None and day in period:
            yield from stretches(wearer, day, activity.levels)


def _lasting(kind: str, start: datetime, length: timedelta, value: dict[str, object]) -> Point:
    return Point(
        start=start,
        end=start + length,
        source=DERIVED,
        value=value,
        amount=Decimal(int(length.total_seconds())),
        part=kind,
    )
