"""The daily value that a chart shows, found in a person's records.

A value comes from the first of its sources that has one of the day. Of a log with several entries
a day the last one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.measurements.units import exact

if TYPE_CHECKING:
    from healthrelay.core.json import Json
    from healthrelay.core.measurements.records import Record, Show

LARGEST = Decimal(10) ** 7
"""No daily value of a person is so large; a provider's nonsense must not flatten the others."""
POUNDS_A_STONE = 14

Values = Mapping[date, Decimal]
"""Day → what was measured; a day without a measurement is absent, and 0 is a true zero."""


class ValueSource(NamedTuple):
    """A series, and the members that lead to the number in the data of its records."""

    series: str
    path: tuple[str, ...]


class ChartMeasure(NamedTuple):
    """What a chart shows: a row of the table below."""

    name: str
    sources: tuple[ValueSource, ...]
    places: int
    """The decimals with which a value is written."""
    least: Decimal = Decimal(0)
    """The smallest difference between foot and top, so that noise looks like noise."""
    dense: bool = False
    """Whether it has a bar a day from zero, and in a year one a week."""


_ROWS = (
    ChartMeasure(
        "weight",
        (ValueSource("body-weight", ("value",)), ValueSource("weight", ("weight",))),
        1,
        Decimal(2),
    ),
    ChartMeasure(
        "steps",
        (
            ValueSource("activities-steps", ("value",)),
            ValueSource("activities-summary", ("steps",)),
        ),
        0,
        dense=True,
    ),
    ChartMeasure(
        "heart",
        (
            ValueSource("activities-heart", ("value", "restingHeartRate")),
            ValueSource("activities-summary", ("restingHeartRate",)),
        ),
        0,
        Decimal(8),
    ),
    ChartMeasure(
        "fat", (ValueSource("body-fat", ("value",)), ValueSource("fat", ("fat",))), 1, Decimal(2)
    ),
)
MEASURES = {row.name: row for row in _ROWS}
SLEEP = "sleep"
"""The series of nights, and the name of their chart."""
SERIES = frozenset(source.series for row in _ROWS for source in row.sources) | {SLEEP}
"""All that the charts read."""


class Units(NamedTuple):
    """The unit in which weight is shown, and how many kilograms one is."""

    symbol: str
    kilograms: Decimal
    stones: bool = False
    """Whether it is pounds, written as stones and pounds."""


_POUND = Decimal("0.45359237")
METRIC = Units("kg", Decimal(1))
SYSTEMS = {"en_US": Units("lb", _POUND), "en_GB": Units("st", _POUND, stones=True)}
"""Unit system → its unit of weight; any other has kilograms (`core.measurements.units`)."""


def weight_units(system: str) -> Units:
    return SYSTEMS.get(system, METRIC)


def daily_values(measure: ChartMeasure, records: Iterable[Record], show: Show) -> Values:
    """Return what *records*, of any series and in any order, have of *measure*.

    *show* gives their data in the units that are shown. What is no number counts as nothing.
    """
    values: dict[date, Decimal] = {}
    by_series = _grouped(records, {source.series for source in measure.sources})
    for source in reversed(measure.sources):
        for record in by_series.get(source.series, ()):
            value = _number(show(record), source.path)
            if value is not None:
                values[date.fromisoformat(record.when[:10])] = value
    return values


def in_pounds(stones: Values) -> Values:
    """Return the same weights in pounds, in which stones are drawn and added."""
    return {day: value * POUNDS_A_STONE for day, value in stones.items()}


def _grouped(records: Iterable[Record], wanted: Iterable[str]) -> dict[str, Sequence[Record]]:
    """Return series → its records in the order of their times."""
    groups: dict[str, list[Record]] = {series: [] for series in wanted}
    for record in records:
        if record.series in groups:
            groups[record.series].append(record)
    return {s: sorted(group, key=lambda record: record.when) for s, group in groups.items()}


def _number(data: Json | Mapping[str, Json], path: Iterable[str]) -> Decimal | None:
    value: object = data
    for member in path:
        value = value.get(member) if isinstance(value, Mapping) else None
    try:
        number = exact(value)
    except (TypeError, ValueError, ArithmeticError):
        return None
    return number if 0 <= number < LARGEST else None
