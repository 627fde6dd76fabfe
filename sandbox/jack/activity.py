"""Jack's activity, his heart, and his walks and runs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from sandbox.heart import Heart, Zone
from sandbox.jack.daily_random import DailyRandom
from sandbox.logs import Exercise
from sandbox.wearer import Day, Levels, Wearer, log_id

_FLOOR_MM = 3048
_HALF = Decimal("0.5")
_HAS_CLIMB, _HAS_LEVELS, _HEART, _RESTING = 0.97, 0.98, 0.96, 0.95
_REST_DAY = 0.10
_EXERCISES = (0.22, 0.18)


class Totals(NamedTuple):
    """The totals from which the rest of a day's activity follows."""

    steps: int
    millimeters: int
    kcal: int
    floors: int


def day_activity(name: str, day: date, totals: Totals) -> Day:
    """Return the totals of *name* on the day, with everything else that fits them."""
    rng = DailyRandom(name, "activity", day)
    # Half the days lie exactly between two whole numbers, so that how one rounds shows.
    active = totals.steps // 25 + rng.between(0, 2) * _HALF
    climbed = rng.happens(_HAS_CLIMB)
    return Day(
        steps=totals.steps,
        millimeters=totals.millimeters,
        kcal=totals.kcal + active - totals.steps // 25,
        floors=totals.floors if climbed else None,
        climbed_mm=totals.floors * _FLOOR_MM if climbed else None,
        active_kcal=active,
        basal_kcal=Decimal(totals.kcal - totals.steps // 25),
        levels=_levels(totals.steps, rng) if rng.happens(_HAS_LEVELS) else None,
    )


def _levels(steps: int, rng: DailyRandom) -> Levels:
    lightly = steps // 60 + rng.between(0, 40)
    lazy = rng.happens(_REST_DAY)
    fairly = 0 if lazy else rng.between(2, 30)
    very = 0 if lazy else rng.between(1, 45)
    awake = rng.between(930, 1010)
    return Levels(
        sedentary=awake - lightly - fairly - very, lightly=lightly, fairly=fairly, very=very
    )


def heart(name: str, day: date) -> Heart | None:
    """Return the heart of *name* on a day, or None when the tracker was not worn."""
    rng = DailyRandom(name, "heart", day)
    if not rng.happens(_HEART):
        return None
    resting = rng.between(54, 61)
    bounds = (30, 104, 131, 163, 220)
    seconds = (
        rng.between(50_000, 64_000),
        rng.between(0, 3_000),
        rng.between(0, 1_200),
        rng.between(0, 400) if rng.happens(0.5) else 0,
    )
    zones = tuple(
        Zone(kind=kind, low=low, high=high, seconds=spent, kcal=rng.tenths(spent // 8, spent))
        for kind, low, high, spent in zip(
            ("LIGHT", "MODERATE", "VIGOROUS", "PEAK"), bounds, bounds[1:], seconds, strict=False
        )
    )
    known = rng.happens(_RESTING)
    return Heart(resting=resting if known else None, zones=zones, pulse=resting + 6)


def exercises(wearer: Wearer, day: date) -> list[Exercise]:
    """Return a walk at noon, a run in the evening, or neither."""
    rng = DailyRandom(wearer.name, "exercise", day)
    walk, run = (rng.happens(chance) for chance in _EXERCISES)
    entries = []
    if walk:
        begin = datetime.combine(day, time(12)) + timedelta(minutes=rng.between(0, 60))
        entries.append(_exercise(wearer, begin, "WALKING", rng))
    if run:
        begin = datetime.combine(day, time(17)) + timedelta(minutes=rng.between(0, 120))
        entries.append(_exercise(wearer, begin, "RUNNING", rng))
    return entries


def _exercise(wearer: Wearer, begin: datetime, kind: str, rng: DailyRandom) -> Exercise:
    runs = kind == "RUNNING"
    minutes = rng.between(20, 50)
    steps = minutes * rng.between(150, 170) if runs else minutes * rng.between(95, 115)
    hard = minutes * 40 if runs else 0
    return Exercise(
        start=wearer.instant(begin),
        end=wearer.instant(begin + timedelta(minutes=minutes)),
        log_id=log_id(begin),
        kind=kind,
        name="Run" if runs else "Walk",
        steps=steps,
        millimeters=steps * (1010 if runs else 740),
        kcal=minutes * (11 if runs else 5),
        bpm=rng.between(138, 155) if runs else rng.between(96, 112),
        climbed_mm=rng.between(0, 6) * _FLOOR_MM,
        active_zone_minutes=(minutes - hard // 60) + 2 * (hard // 60) if runs else minutes // 2,
        zone_seconds=(0, minutes * 60 - hard, hard, 0) if runs else (minutes * 60, 0, 0, 0),
    )
