"""The charts of a person: what each shows, ready to be drawn, put into a table, or given out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from healthrelay.core.charts.means import column_means, trailing_means
from healthrelay.core.charts.nights import SleepDay
from healthrelay.core.charts.spans import Column, Grain, ShownSpan
from healthrelay.core.charts.values import ChartMeasure, Values


class Point(NamedTuple):
    """What was measured in a column of a chart; a column without a measurement has none."""

    column: Column
    value: Decimal
    """Of a day; of a week or month the mean of its measured days."""
    days: int = 1
    """How many days were measured."""
    mean: Decimal | None = None
    """Of the seven days that end with this one; only where a column is a day."""


class ValueChart(NamedTuple):
    """A value a day, a week or a month."""

    measure: ChartMeasure
    span: ShownSpan
    grain: Grain
    points: tuple[Point, ...]
    latest: tuple[date, Decimal] | None
    """The newest value of all time, for a chart of days without one."""


class SleepPoint(NamedTuple):
    """What was slept in a column: begin and end of the night, in minutes from midnight."""

    column: Column
    begin: int
    end: int
    asleep: int
    """Minutes, naps included; of a week or month the mean, as begin and end are."""
    days: int
    night: SleepDay | None
    """Only where a column is a day."""


class SleepChart(NamedTuple):
    """A night a day, or the mean night of a week or month."""

    span: ShownSpan
    grain: Grain
    points: tuple[SleepPoint, ...]
    latest: date | None
    """The day of the newest night of all time."""


def value_chart(measure: ChartMeasure, values: Values, span: ShownSpan) -> ValueChart:
    """Return the chart of *measure* over *span*; *values* may reach further back.

    Steps of today, which is not over, are shown as they are, but are in no mean.
    """
    grain = span.grain(dense=measure.dense)
    if grain is Grain.DAY:
        points = _daily_points(values, span, with_mean=not measure.dense)
    else:
        whole = {d: v for d, v in values.items() if not (measure.dense and d == span.last)}
        means = column_means(whole, span.columns(grain))
        points = [Point(column, mean.value, mean.days) for column, mean in means.items()]
    newest = max(values, default=None)
    latest = (newest, values[newest]) if newest else None
    return ValueChart(measure, span, grain, tuple(points), latest)


def sleep_chart(found: Mapping[date, SleepDay], span: ShownSpan) -> SleepChart:
    """Return the chart of the nights that were *found*; they may reach further back."""
    grain = span.grain(dense=True)
    points: list[SleepPoint] = []
    inside = [found[day] for day in sorted(found) if span.holds(day)]
    for column in span.columns(grain):
        here = []
        while inside and inside[0].day <= column.last:
            here.append(inside.pop(0))
        if here:
            points.append(_sleep_point(column, here, grain))
    return SleepChart(span, grain, tuple(points), max(found, default=None))


def _daily_points(values: Values, span: ShownSpan, *, with_mean: bool) -> list[Point]:
    days = [day for day in sorted(values) if span.holds(day)]
    means = trailing_means(values, days) if with_mean else {}
    return [Point(Column(day, day), values[day], mean=means.get(day)) for day in days]


def _sleep_point(column: Column, inside: Sequence[SleepDay], grain: Grain) -> SleepPoint:
    return SleepPoint(
        column,
        begin=_mean([night.main.begin for night in inside]),
        end=_mean([night.main.end for night in inside]),
        asleep=_mean([night.asleep for night in inside]),
        days=len(inside),
        night=inside[0] if grain is Grain.DAY else None,
    )


def _mean(minutes: Sequence[int]) -> int:
    """Return the mean in whole minutes, halves up."""
    return (2 * sum(minutes) + len(minutes)) // (2 * len(minutes))
