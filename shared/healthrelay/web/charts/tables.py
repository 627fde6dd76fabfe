"""The table under a chart: the numbers of the picture, the newest first."""

from __future__ import annotations

from typing import NamedTuple

from healthrelay.core.charts.chart import Point, SleepChart, ValueChart
from healthrelay.core.charts.rows import clock
from healthrelay.core.charts.spans import Grain
from healthrelay.web.charts.words import ChartWords


class ChartTable(NamedTuple):
    """The cells of each row stand under *head*; the first of them names the row."""

    head: list[str]
    rows: list[list[str]]


def value_table(chart: ValueChart, words: ChartWords) -> ChartTable:
    measure, by_day = chart.measure, chart.grain is Grain.DAY
    name = words.say(f"{measure.name}.head", unit=words.unit(measure))
    more = words.say("column.mean") if by_day else words.say("column.days")
    head = [words.say(f"column.{chart.grain.value}"), name]
    if not (by_day and measure.dense):
        head.append(more)
    rows = []
    for point in reversed(chart.points):
        row = [
            words.column(point.column, chart.grain, chart.span.last),
            _value(point, chart, words),
        ]
        if not by_day:
            row.append(str(point.days))
        elif point.mean is not None:
            row.append(words.amount(measure, point.mean))
        rows.append(row)
    return ChartTable(head, rows)


def sleep_table(chart: SleepChart, words: ChartWords) -> ChartTable:
    names = (chart.grain.value, "bed", "up", "asleep")
    rows = [
        [
            words.column(point.column, chart.grain, chart.span.last),
            clock(point.begin),
            clock(point.end),
            words.length(point.asleep),
        ]
        for point in reversed(chart.points)
    ]
    return ChartTable([words.say(f"column.{name}") for name in names], rows)


def _value(point: Point, chart: ValueChart, words: ChartWords) -> str:
    shown = words.amount(chart.measure, point.value)
    today = chart.grain is Grain.DAY and point.column.first == chart.span.last
    return words.say("so_far", value=shown) if today and chart.measure.dense else shown
