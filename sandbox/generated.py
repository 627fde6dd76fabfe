"""Jack and others: invented wearers. What each measures on a day depends on name and day alone."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sandbox.decimals import round_half_up
from sandbox.jack import activity, nights, table
from sandbox.jack.daily_random import DailyRandom
from sandbox.wearer import BodyFat, Stay, Today, Wearer, today_in

_ZONE, _ABROAD = "Europe/Amsterdam", "America/New_York"
# Every September a fortnight abroad. On the day he flies home the tracker lies in the suitcase.
_LEAVES, _RETURNS = (9, 14), (9, 27)
HISTORY_DAYS = 730
_DIGITS = "23456789BCDFGHJKLMNPQRSTVWXYZ"
_WEIGHED, _WEIGHED_AGAIN, _FAT, _WORN = 0.85, 0.10, 0.80, 0.95
_RING = 0.25


def invented(
    name: str, clock: Callable[[], float], today: date | None, days: int = HISTORY_DAYS
) -> Wearer:
    """Return the person *name* with so many *days* of history, up to and including *today*."""
    wearer = unmeasured(name, clock, today)
    wearer.live = _live_day
    wearer.lived_until = wearer.today() - timedelta(days=days)
    wearer.catch_up()
    return wearer


def unmeasured(name: str, clock: Callable[[], float], today: date | None) -> Wearer:
    """Return the person *name*, who has an account and nothing in it."""
    wearer = _create_wearer(name, today_in(ZoneInfo(_ZONE), clock, today))
    wearer.clock = clock
    return wearer


class _Traits(NamedTuple):
    """What makes a person, besides their name."""

    health_id: str
    legacy_id: str
    height_mm: int
    kg: int
    """Around which their weight goes up and down."""


@cache
def _traits(name: str) -> _Traits:
    if name == "jack":
        return _Traits("111256657788", "A1B2C3", 1828, 82)
    digest = hashlib.sha256(name.encode()).digest()
    health_id = 112_000_000_000 + int.from_bytes(digest[:4])
    # Six digits, as long as the ids that Fitbit gave out.
    number, legacy_id = int.from_bytes(digest[4:8]), ""
    for _ in range(6):
        number, digit = divmod(number, len(_DIGITS))
        legacy_id += _DIGITS[digit]
    return _Traits(str(health_id), legacy_id, 1550 + digest[8], 50 + digest[9] % 60)


def _create_wearer(name: str, calendar: Today) -> Wearer:
    traits = _traits(name)
    return Wearer(
        name=name,
        health_id=traits.health_id,
        legacy_id=traits.legacy_id,
        zone=ZoneInfo(_ZONE),
        today=calendar,
        height_mm=traits.height_mm,
    )


def _live_day(wearer: Wearer, day: date) -> None:
    stay = _stay(day.year)
    if stay not in wearer.stays:
        wearer.stays.append(stay)
    wearer.absorb(_measure_day(wearer.name, day))


# Every sandbox of a process serves the same people, whose measurements cannot change in place.
@cache
def _measure_day(name: str, day: date) -> Wearer:
    wearer = _create_wearer(name, lambda: day)
    stay = _stay(day.year)
    wearer.stays.append(stay)
    # Random(str) is seeded through SHA-512: the same on every machine and Python version.
    rng = Random(f"{name} {day.isoformat()}")
    if rng.random() < _WEIGHED:
        _weigh(wearer, day, rng)
    if rng.random() < _WORN and day != stay.last + timedelta(days=1):
        wearer.days[day] = activity.day_activity(name, day, _totals(rng))
        _wear(wearer, day)
    wearer.drinks += table.drinks(wearer, day)
    wearer.foods += table.foods(wearer, day)
    return wearer


def _wear(wearer: Wearer, day: date) -> None:
    heart = activity.heart(wearer.name, day)
    if heart is not None:
        wearer.hearts[day] = heart
    wearer.exercises += activity.exercises(wearer, day)
    # The night before a journey is spent on an aeroplane.
    if (day.month, day.day) != _LEAVES:
        nights.sleep(wearer, day)
        wearer.vitals[day] = nights.vitals(wearer.name, day)
    if DailyRandom(wearer.name, "ring", day).happens(_RING):
        wearer.ring_days.add(day)


def _stay(year: int) -> Stay:
    last = date(year, *_RETURNS) - timedelta(days=1)
    return Stay(date(year, *_LEAVES), last, ZoneInfo(_ABROAD))


def _weigh(wearer: Wearer, day: date, rng: Random) -> None:
    moment = datetime.combine(day, time(7)) + timedelta(seconds=_below(rng, 2400))
    kg = _usual_weight(wearer.name, day) + (rng.random() - 0.5) * 0.8
    # Abroad there is a scale, but not one that knows him.
    abroad = wearer.zone_on(day) != wearer.zone
    weight = wearer.weigh(moment, round_half_up(Decimal(kg), 1), manual=abroad)
    if rng.random() < _FAT and not abroad:
        percent = round_half_up(
            Decimal(18 + (kg - _traits(wearer.name).kg) * 0.6 + rng.random()), 1
        )
        wearer.fats.append(BodyFat(at=weight.at, percent=percent, log_id=weight.log_id))
    if rng.random() < _WEIGHED_AGAIN:
        later = moment + timedelta(minutes=1 + _below(rng, 15))
        again = round_half_up(Decimal(kg - 0.1 - rng.random() * 0.4), 1)
        wearer.weigh(later, again, manual=abroad)


def _usual_weight(name: str, day: date) -> float:
    # Two slow waves that never quite repeat: a year's tide and a few weeks' ripple.
    return (
        _traits(name).kg
        + 1.3 * math.sin(day.toordinal() / 57)
        + 0.4 * math.sin(day.toordinal() / 9)
    )


def _totals(rng: Random) -> activity.Totals:
    steps = 3500 + _below(rng, 10500)
    return activity.Totals(
        steps=steps,
        millimeters=steps * (740 + _below(rng, 40)),
        kcal=1950 + steps // 20 + _below(rng, 150),
        floors=1 + _below(rng, 20),
    )


def _below(rng: Random, end: int) -> int:
    return int(rng.random() * end)
