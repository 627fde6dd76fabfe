"""What Google works out once a day, mostly from the night: one element for a day that has it.

The names are those of the legacy endpoints. A figure that Google does not give is left out,
and so is a day without any.
"""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from healthrelay.adapters.google_health.points import (
    Answers,
    Element,
    Row,
    civil_day,
    daily,
    number,
)
from healthrelay.adapters.google_health.questions import Points, days
from healthrelay.core.json import Json, Raw
from healthrelay.core.measurements import units

Figures = Mapping[str, Decimal]
"""Google's member → its number."""

Value = Callable[[Figures], dict[str, Json]]
"""From the figures of a point."""


def _numbers(places: int, names: Mapping[str, str]) -> Value:
    """Numbers with at most *places* decimals, by their legacy *names*."""

    def value(figures: Figures) -> dict[str, Json]:
        return {
            name: units.number(units.rounded(figures[member], places))
            for name, member in names.items()
            if member in figures
        }

    return value


def _skin(figures: Figures) -> dict[str, Json]:
    """How much warmer the skin was than in the nights before; only where both are known."""
    if not all(member in figures for member in _TEMPERATURES):
        return {}
    nightly, usual = (figures[member] for member in _TEMPERATURES)
    return {"nightlyRelative": units.number(units.rounded(nightly - usual, 2))}


def _fitness(figures: Figures) -> dict[str, Json]:
    """In ml/kg/min, as text: where it was estimated Fitbit wrote a range such as ``42-46``."""
    vo2_max = figures.get("vo2Max")
    return {} if vo2_max is None else {"vo2Max": units.text(units.rounded(vo2_max, 2))}


def _row(question: Points, members: Collection[str], value: Value, *beside: str) -> Row:
    """Return the row of *members*; those *beside* them are known, and not given out."""

    def elements(answers: Answers) -> list[Element]:
        def read(_: Raw, fields: Mapping[str, Any]) -> tuple[str, dict[str, Json]] | None:
            known = value(_figures(fields, members, beside))
            return (civil_day(fields), known) if known else None

        return daily(dict(answers.values(question, read)))

    return Row((question,), elements)


def _figures(
    fields: Mapping[str, Any], members: Collection[str], beside: Collection[str]
) -> Figures:
    """Return what is known of *members*. A point with members only that are not known here is odd.

    Raises `KeyError` for that.
    """
    if fields.keys().isdisjoint(members) and fields.keys() - {"date", *beside}:
        raise KeyError(*members)
    figures = {member: number(fields, member) for member in members if member in fields}
    return {member: figure for member, figure in figures.items() if figure is not None}


_TEMPERATURES = ("nightlyTemperatureCelsius", "baselineTemperatureCelsius")
_VARIABILITY = {
    "dailyRmssd": "averageHeartRateVariabilityMilliseconds",
    "deepRmssd": "deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds",
}
# Google's bounds are those of a confidence interval, not of what was measured.
_OXYGEN = {"avg": "averagePercentage", "min": "lowerBoundPercentage", "max": "upperBoundPercentage"}
_BESIDE_FITNESS = ("cardioFitnessLevel", "estimated", "vo2MaxCovariance")
_BREATHING = {"breathingRate": "breathsPerMinute"}

ROWS: dict[str, Row] = {
    "hrv": _row(
        days("daily-heart-rate-variability"),
        _VARIABILITY.values(),
        _numbers(3, _VARIABILITY),
        "nonRemHeartRateBeatsPerMinute",
        "entropy",
    ),
    "spo2": _row(
        days("daily-oxygen-saturation"),
        _OXYGEN.values(),
        _numbers(1, _OXYGEN),
        "standardDeviationPercentage",
    ),
    "br": _row(days("daily-respiratory-rate"), _BREATHING.values(), _numbers(1, _BREATHING)),
    "tempSkin": _row(
        days("daily-sleep-temperature-derivations"),
        _TEMPERATURES,
        _skin,
        "relativeNightlyStddev30dCelsius",
    ),
    "cardioScore": _row(days("daily-vo2-max"), ("vo2Max",), _fitness, *_BESIDE_FITNESS),
}
