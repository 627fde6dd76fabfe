"""How a day's totals are spread over its minutes: for both APIs the same way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sandbox.wearer import Levels, Wearer

# A day's activity comes in minutes: one an hour from 8 to 22, each an equal share of the day.
_ACTIVE_HOURS = range(8, 23)
_ROUNDS = 3
_DAY_MINUTES = 1440
_LEVELS = ("SEDENTARY", "LIGHTLY_ACTIVE", "MODERATELY_ACTIVE", "VERY_ACTIVE")
TENTH = Decimal("0.1")


def shares(
    wearer: Wearer, day: date, amount: int | Decimal, unit: Decimal = Decimal(1)
) -> Iterator[tuple[datetime, Decimal]]:
    """Return the minutes that have a part of *amount*, each a whole number of *unit*."""
    share, rest = divmod(int(amount / unit), len(_ACTIVE_HOURS))
    for place, hour in enumerate(_ACTIVE_HOURS):
        portion = share + (1 if place < rest else 0)
        # A total of zero is a measurement too: it has one point that says so.
        if portion or (not amount and place == 0):
            yield wearer.instant(datetime.combine(day, time(hour))), portion * unit


def stretches(
    wearer: Wearer, day: date, levels: Levels
) -> Iterator[tuple[str, datetime, timedelta]]:
    """Return the day as stretches of activity levels, one after the other until midnight."""
    minutes = (levels.sedentary, levels.lightly, levels.fairly, levels.very)
    begin = datetime.combine(day, time()) + timedelta(minutes=_DAY_MINUTES - sum(minutes))
    for turn in range(_ROUNDS):
        for kind, total in zip(_LEVELS, minutes, strict=True):
            length = timedelta(minutes=total // _ROUNDS + (turn < total % _ROUNDS))
            if length:
                yield kind, wearer.instant(begin), length
                begin += length
