"""The numbers of a chart for programs: flat rows, the oldest first."""

from __future__ import annotations

from healthrelay.core.charts.chart import SleepChart, ValueChart
from healthrelay.core.charts.nights import SleepStage
from healthrelay.core.charts.spans import Column, Grain
from healthrelay.core.json import Json
from healthrelay.core.measurements.units import number, rounded

Row = dict[str, Json]
_MEAN_PLACES = 2


def value_rows(chart: ValueChart, unit: str) -> list[Row]:
    """Return ``{"day": "2026-11-28", "weight": 82.4, "unit": "kg", "mean": 82.64}`` for each day.

    A week or month has its ``first`` and ``last`` day, and how many ``days`` were measured.
    Weights of stones are in pounds.
    """
    rows = []
    for point in chart.points:
        row = _columns(point.column, point.days, chart.grain)
        by_day = chart.grain is Grain.DAY
        value = point.value if by_day else rounded(point.value, _MEAN_PLACES)
        row[chart.measure.name] = number(value)
        row["unit"] = unit
        if by_day and not chart.measure.dense:
            mean = point.mean
            row["mean"] = None if mean is None else number(rounded(mean, _MEAN_PLACES))
        rows.append(row)
    return rows


def sleep_rows(chart: SleepChart) -> list[Row]:
    """Return when each night began and ended, and its minutes, naps included.

    The stages are those of the main session, and null where they are not known.
    """
    rows = []
    for point in chart.points:
        row = _columns(point.column, point.days, chart.grain)
        row |= {"bed": clock(point.begin), "up": clock(point.end), "asleep": point.asleep}
        if point.night:
            main = point.night.main
            for stage in SleepStage:
                row[stage.value] = main.minutes(stage) if main.staged else None
            row["naps"] = len(point.night.sessions) - 1
        rows.append(row)
    return rows


def clock(minutes: int) -> str:
    """Return a time of day, ``23:04`` for -56."""
    hours, rest = divmod(minutes % (24 * 60), 60)
    return f"{hours:02d}:{rest:02d}"


def _columns(column: Column, days: int, grain: Grain) -> Row:
    if grain is Grain.DAY:
        return {"day": column.first.isoformat()}
    return {"first": column.first.isoformat(), "last": column.last.isoformat(), "days": days}
