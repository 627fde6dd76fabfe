"""The time series of the Web API, a row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.fitbit.dates import LONG_PERIODS, SHORT_PERIODS, Days, Limits
from sandbox.fitbit.units import Units, text
from sandbox.wearer import Day, Wearer, Weight, when

Value = Callable[[Wearer, Units], dict[date, Decimal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One row. A *filled* series says "0" for days without data; the others leave them out."""

    scope: str
    limits: Limits
    values: Value
    filled: bool = False

    def items(self, wearer: Wearer, days: Days, units: Units) -> list[dict[str, str]]:
        """The elements of the series, ascending."""
        values = self.values(wearer, units)
        if self.filled:
            values = dict.fromkeys(days.each(), Decimal(0)) | values
        return [
            {"dateTime": day.isoformat(), "value": text(values[day])}
            for day in sorted(values)
            if day in days
        ]


def _last_weights(wearer: Wearer) -> dict[date, Weight]:
    return {weight.at.date(): weight for weight in sorted(wearer.weights, key=when)}


def _weight(wearer: Wearer, units: Units) -> dict[date, Decimal]:
    return {day: units.weight(w.grams) for day, w in _last_weights(wearer).items()}


def _bmi(wearer: Wearer, _units: Units) -> dict[date, Decimal]:
    known = {day: wearer.bmi(weight) for day, weight in _last_weights(wearer).items()}
    return {day: bmi for day, bmi in known.items() if bmi is not None}


def _fat(wearer: Wearer, _units: Units) -> dict[date, Decimal]:
    return {fat.at.date(): fat.percent for fat in sorted(wearer.fats, key=when)}


def _activity(value: Callable[[Day, Units], int | Decimal | None]) -> Series:
    def values(wearer: Wearer, units: Units) -> dict[date, Decimal]:
        known = {day: value(activity, units) for day, activity in wearer.days.items()}
        return {day: Decimal(amount) for day, amount in known.items() if amount is not None}

    limits = Limits(1095, LONG_PERIODS)
    return Series(scope="activity", limits=limits, values=values, filled=True)


SERIES: dict[str, Series] = {
    "body/weight": Series(scope="weight", limits=Limits(31, SHORT_PERIODS), values=_weight),
    "body/fat": Series(scope="weight", limits=Limits(30, SHORT_PERIODS), values=_fat),
    "body/bmi": Series(scope="weight", limits=Limits(1095, LONG_PERIODS), values=_bmi),
    "activities/steps": _activity(lambda day, _units: day.steps),
    "activities/distance": _activity(lambda day, units: units.way(day.millimeters)),
    "activities/floors": _activity(lambda day, _units: day.floors),
    "activities/calories": _activity(lambda day, _units: day.kcal),
}
