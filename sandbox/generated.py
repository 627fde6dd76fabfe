"""Jack: an invented wearer. What he measures on a day depends on that day alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from sandbox.decimals import rounded
from sandbox.wearer import BodyFat, Day, Wearer, today_in

_ZONE = "Europe/Amsterdam"
_HISTORY = 730
_WEIGHED, _WEIGHED_AGAIN, _FAT, _WORN = 0.85, 0.10, 0.80, 0.95


def jack(clock: Callable[[], float], today: date | None) -> Wearer:
    """Jack with two years of history up to and including *today*."""
    zone = ZoneInfo(_ZONE)
    calendar = today_in(zone, clock, today)
    wearer = Wearer(
        name="jack",
        health_id="111256657788",
        legacy_id="A1B2C3",
        zone=zone,
        today=calendar,
        height_mm=1828,
        live=_live,
        lived_until=calendar() - timedelta(days=_HISTORY),
    )
    wearer.catch_up()
    return wearer


def _live(wearer: Wearer, day: date) -> None:
    # Random(str) is seeded through SHA-512: the same on every machine and Python version.
    luck = Random(f"jack {day.isoformat()}")
    if luck.random() < _WEIGHED:
        _weigh(wearer, day, luck)
    if luck.random() < _WORN:
        wearer.days[day] = _activity(luck)


def _weigh(wearer: Wearer, day: date, luck: Random) -> None:
    moment = datetime.combine(day, time(7)) + timedelta(seconds=_below(luck, 2400))
    kg = _usual_weight(day) + (luck.random() - 0.5) * 0.8
    weight = wearer.weigh(moment, rounded(Decimal(kg), 1))
    if luck.random() < _FAT:
        percent = rounded(Decimal(18 + (kg - 82) * 0.6 + luck.random()), 1)
        wearer.fats.append(BodyFat(at=weight.at, percent=percent, log_id=weight.log_id))
    if luck.random() < _WEIGHED_AGAIN:
        later = moment + timedelta(minutes=1 + _below(luck, 15))
        wearer.weigh(later, rounded(Decimal(kg - 0.1 - luck.random() * 0.4), 1))


def _usual_weight(day: date) -> float:
    # Two slow waves that never quite repeat: a year's tide and a few weeks' ripple.
    return 82 + 1.3 * math.sin(day.toordinal() / 57) + 0.4 * math.sin(day.toordinal() / 9)


def _activity(luck: Random) -> Day:
    steps = 3500 + _below(luck, 10500)
    return Day(
        steps=steps,
        millimeters=steps * (740 + _below(luck, 40)),
        kcal=1950 + steps // 20 + _below(luck, 150),
        floors=1 + _below(luck, 20),
    )


def _below(luck: Random, end: int) -> int:
    return int(luck.random() * end)
