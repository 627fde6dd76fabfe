"""Jack moves: his activity, his heart, and his walks and runs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from sandbox.heart import Heart, Zone
from sandbox.jack.luck import Luck
from sandbox.logs import Exercise
from sandbox.wearer import Day, Levels, Wearer, log_id

_FLOOR_MM = 3048
_FIFTHS = Decimal("0.2")
_CLIMBED, _LEVELED, _HEART, _RESTING = 0.97, 0.98, 0.96, 0.95
_REST_DAY = 0.10
_MOVES = (0.22, 0.18)


class Totals(NamedTuple):
    """What the rest of a day's activity follows from."""

    steps: int
    millimeters: int
    kcal: int
    floors: int


def activity(day: date, told: Totals) -> Day:
    """The day's totals, with everything else that fits to them."""
    luck = Luck("activity", day)
    # Fifths: a sum of them never lies exactly between two whole numbers.
    active = told.steps // 25 + luck.between(0, 5) * _FIFTHS
    climbed = luck.happens(_CLIMBED)
    return Day(
        steps=told.steps,
        millimeters=told.millimeters,
        kcal=told.kcal + active - told.steps // 25,
        floors=told.floors if climbed else None,
        climbed_mm=told.floors * _FLOOR_MM if climbed else None,
        active_kcal=active,
        basal_kcal=Decimal(told.kcal - told.steps // 25),
        levels=_levels(told.steps, luck) if luck.happens(_LEVELED) else None,
    )


def _levels(steps: int, luck: Luck) -> Levels:
    lightly = steps // 60 + luck.between(0, 40)
    lazy = luck.happens(_REST_DAY)
    fairly = 0 if lazy else luck.between(2, 30)
    very = 0 if lazy else luck.between(1, 45)
    awake = luck.between(930, 1010)
    return Levels(
        sedentary=awake - lightly - fairly - very, lightly=lightly, fairly=fairly, very=very
    )


def heart(day: date) -> Heart | None:
    """The heart of a day, or None when the tracker was not worn."""
    luck = Luck("heart", day)
    if not luck.happens(_HEART):
        return None
    resting = luck.between(54, 61)
    bounds = (30, 104, 131, 163, 220)
    seconds = (
        luck.between(50_000, 64_000),
        luck.between(0, 3_000),
        luck.between(0, 1_200),
        luck.between(0, 400) if luck.happens(0.5) else 0,
    )
    zones = tuple(
        Zone(kind=kind, low=low, high=high, seconds=spent, kcal=luck.tenths(spent // 8, spent))
        for kind, low, high, spent in zip(
            ("LIGHT", "MODERATE", "VIGOROUS", "PEAK"), bounds, bounds[1:], seconds, strict=False
        )
    )
    known = luck.happens(_RESTING)
    return Heart(resting=resting if known else None, zones=zones, pulse=resting + 6)


def exercises(wearer: Wearer, day: date) -> list[Exercise]:
    """A walk at noon, a run in the evening, or neither."""
    luck = Luck("exercise", day)
    walk, run = (luck.happens(chance) for chance in _MOVES)
    found = []
    if walk:
        begin = datetime.combine(day, time(12)) + timedelta(minutes=luck.between(0, 60))
        found.append(_exercise(wearer, begin, "WALKING", luck))
    if run:
        begin = datetime.combine(day, time(17)) + timedelta(minutes=luck.between(0, 120))
        found.append(_exercise(wearer, begin, "RUNNING", luck))
    return found


def _exercise(wearer: Wearer, begin: datetime, kind: str, luck: Luck) -> Exercise:
    runs = kind == "RUNNING"
    minutes = luck.between(20, 50)
    steps = minutes * luck.between(150, 170) if runs else minutes * luck.between(95, 115)
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
        bpm=luck.between(138, 155) if runs else luck.between(96, 112),
        climbed_mm=luck.between(0, 6) * _FLOOR_MM,
        active_zone_minutes=(minutes - hard // 60) + 2 * (hard // 60) if runs else minutes // 2,
        zone_seconds=(0, minutes * 60 - hard, hard, 0) if runs else (minutes * 60, 0, 0, 0),
    )
