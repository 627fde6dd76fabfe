"""The time series of the Web API, a row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.decimals import round_half_up
from sandbox.fitbit import heart
from sandbox.fitbit.dates import LONG_PERIODS, SHORT_PERIODS, Days, Limits
from sandbox.fitbit.units import Units, text
from sandbox.sleep import Sleep, by_day, main_sleep
from sandbox.wearer import Day, Levels, Wearer, Weight, when

# A number, a time of day, or an object.
Value = Decimal | str | dict[str, Any]
Values = Callable[[Wearer, Units], Mapping[date, Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One row. A series with a *blank* says that for days without data; others leave them out."""

    scope: str
    limits: Limits
    values: Values
    blank: Value | None = None

    def items(self, wearer: Wearer, days: Days, units: Units) -> list[dict[str, Any]]:
        """Return the elements of the series, ascending."""
        values = dict(self.values(wearer, units))
        if self.blank is not None:
            values = dict.fromkeys(days.each(), self.blank) | values
        return [
            {"dateTime": day.isoformat(), "value": _written(values[day])}
            for day in sorted(values)
            if day in days
        ]


def _written(value: Value) -> str | dict[str, Any]:
    return text(value) if isinstance(value, Decimal) else value


def _last_weights(wearer: Wearer) -> dict[date, Weight]:
    return {weight.at.date(): weight for weight in sorted(wearer.weights, key=when)}


def _weight(wearer: Wearer, units: Units) -> dict[date, Value]:
    return {day: units.weight(w.grams) for day, w in _last_weights(wearer).items()}


def _bmi(wearer: Wearer, _units: Units) -> dict[date, Value]:
    known = {day: wearer.bmi(weight) for day, weight in _last_weights(wearer).items()}
    return {day: bmi for day, bmi in known.items() if bmi is not None}


def _fat(wearer: Wearer, _units: Units) -> dict[date, Value]:
    return {fat.at.date(): fat.percent for fat in sorted(wearer.fats, key=when)}


def _water(wearer: Wearer, units: Units) -> dict[date, Value]:
    drunk: dict[date, int] = {}
    for drink in wearer.drinks:
        drunk[drink.at.date()] = drunk.get(drink.at.date(), 0) + drink.ml
    return {day: units.liquid(ml) for day, ml in drunk.items()}


def _eaten(wearer: Wearer, _units: Units) -> dict[date, Value]:
    kcal: dict[date, Value] = {}
    for food in wearer.foods:
        kcal[food.at.date()] = Decimal(str(kcal.get(food.at.date(), 0))) + food.kcal
    return kcal


Total = Callable[[Day, Units], int | Decimal | None]


def _activity(total: Total, cap: int = 1095) -> Series:
    def values(wearer: Wearer, units: Units) -> dict[date, Value]:
        known = {day: total(activity, units) for day, activity in wearer.days.items()}
        return {day: Decimal(amount) for day, amount in known.items() if amount is not None}

    limits = Limits(cap, LONG_PERIODS)
    return Series(scope="activity", limits=limits, values=values, blank=Decimal(0))


def _whole(amount: int | Decimal | None) -> Decimal | None:
    return None if amount is None else round_half_up(Decimal(amount), 0)


def _climbed(day: Day, units: Units) -> Decimal | None:
    return None if day.climbed_mm is None else units.climb(day.climbed_mm)


def _level(minutes: Callable[[Levels], int]) -> Series:
    return _activity(lambda day, _units: None if day.levels is None else minutes(day.levels))


def _sleep(figure: Callable[[list[Sleep]], Value], blank: Value = Decimal(0)) -> Series:
    def values(wearer: Wearer, _units: Units) -> dict[date, Value]:
        return {day: figure(sessions) for day, sessions in by_day(wearer.nights()).items()}

    return Series(scope="sleep", limits=Limits(100, LONG_PERIODS), values=values, blank=blank)


def _slept(figure: Callable[[Sleep], int]) -> Series:
    return _sleep(lambda sessions: Decimal(sum(map(figure, sessions))))


def _food(values: Values) -> Series:
    limits = Limits(1095, LONG_PERIODS)
    return Series(scope="nutrition", limits=limits, values=values, blank=Decimal(0))


_ACTIVITIES: dict[str, Series] = {
    "steps": _activity(lambda day, _units: day.steps),
    "distance": _activity(lambda day, units: units.way(day.millimeters)),
    "floors": _activity(lambda day, _units: day.floors),
    "elevation": _activity(_climbed),
    "calories": _activity(lambda day, _units: _whole(day.kcal)),
    "activityCalories": _activity(lambda day, _units: _whole(day.active_kcal), 30),
    "minutesSedentary": _level(lambda levels: levels.sedentary),
    "minutesLightlyActive": _level(lambda levels: levels.lightly),
    "minutesFairlyActive": _level(lambda levels: levels.fairly),
    "minutesVeryActive": _level(lambda levels: levels.very),
}

SERIES: dict[str, Series] = {
    "body/weight": Series(scope="weight", limits=Limits(31, SHORT_PERIODS), values=_weight),
    "body/fat": Series(scope="weight", limits=Limits(30, SHORT_PERIODS), values=_fat),
    "body/bmi": Series(scope="weight", limits=Limits(1095, LONG_PERIODS), values=_bmi),
    **{f"activities/{name}": row for name, row in _ACTIVITIES.items()},
    **{f"activities/tracker/{name}": row for name, row in _ACTIVITIES.items()},
    "activities/caloriesBMR": _activity(lambda day, _units: _whole(day.basal_kcal)),
    "activities/heart": Series(
        scope="heartrate",
        limits=Limits(366, SHORT_PERIODS),
        values=lambda wearer, _units: heart.days(wearer),
        blank=heart.NO_DATA,
    ),
    "activities/active-zone-minutes": Series(
        scope="activity",
        limits=Limits(1095, LONG_PERIODS),
        values=lambda wearer, _units: heart.zone_minutes(wearer),
    ),
    "sleep/minutesAsleep": _slept(lambda sleep: sleep.asleep),
    "sleep/minutesAwake": _slept(lambda sleep: sleep.awake),
    "sleep/timeInBed": _slept(lambda sleep: sleep.in_bed),
    "sleep/minutesToFallAsleep": _slept(lambda _sleep: 0),
    "sleep/minutesAfterWakeup": _slept(lambda sleep: sleep.after_wakeup),
    "sleep/awakeningsCount": _slept(lambda sleep: sleep.awakenings),
    "sleep/efficiency": _sleep(lambda sessions: Decimal(main_sleep(sessions).efficiency)),
    "sleep/startTime": _sleep(lambda sessions: f"{main_sleep(sessions).start:%H:%M}", ""),
    "foods/log/caloriesIn": _food(_eaten),
    "foods/log/water": _food(_water),
}
