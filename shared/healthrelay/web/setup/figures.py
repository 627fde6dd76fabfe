"""The charts of a person as a page has them: a drawing, the table under it, or a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

from healthrelay.core.charts.chart import SleepChart, ValueChart
from healthrelay.core.charts.spans import Grain
from healthrelay.core.charts.values import MEASURES, SLEEP, ChartMeasure
from healthrelay.flows.measurements.charts import PersonCharts
from healthrelay.web.charts.bars import draw_bars
from healthrelay.web.charts.last_night import draw_last_night, sums
from healthrelay.web.charts.points import draw_points
from healthrelay.web.charts.sleep import draw_nights
from healthrelay.web.charts.tables import ChartTable, sleep_table, value_table
from healthrelay.web.charts.words import ChartWords

ORDER = ("weight", "steps", SLEEP, "night", "heart", "fat")
CHARTS = (*MEASURES, SLEEP)
"""What has a table and files of its own."""
MAX_ROWS = 30
Latest = Callable[[ChartMeasure], tuple[date, Decimal] | None]


class Figure(NamedTuple):
    """One card among the charts."""

    name: str
    heading: str
    drawing: Markup = Markup()
    sentence: str = ""
    """What stands in place of a drawing, or below it."""
    daily: bool = True
    """Whether a column is a day."""
    table: ChartTable | None = None
    rows_left: int = 0
    """How many more rows the whole table has."""


def figures(charts: PersonCharts, words: ChartWords, latest: Latest) -> Iterator[Figure]:
    """Yield the charts in their order; what was never measured has a sentence.

    *latest* finds the newest value of all time where the time that is shown has none.
    """
    for name in ORDER:
        if name == SLEEP:
            yield _sleep_figure(charts.sleep, words)
        elif name != "night":
            yield _value_figure(charts.values[name], words, latest)
        elif charts.last_night:
            yield _night_figure(charts, words)


def _value_figure(chart: ValueChart, words: ChartWords, latest: Latest) -> Figure:
    measure = chart.measure
    heading = words.say(f"{measure.name}.head", unit=words.unit(measure))
    if not chart.points:
        newest = chart.latest or latest(measure)
        return Figure(measure.name, heading, sentence=_nothing(measure, newest, chart, words))
    draw = draw_bars if measure.dense else draw_points
    figure = Figure(measure.name, heading, daily=chart.grain is Grain.DAY)
    return _with_table(figure, draw(chart, words), value_table(chart, words))


def _nothing(
    measure: ChartMeasure, newest: tuple[date, Decimal] | None, chart: ValueChart, words: ChartWords
) -> str:
    if newest is None:
        return words.say(f"{measure.name}.never")
    day, value = newest
    values = {"value": words.value(measure, value), "day": words.long_day(day, chart.span.last)}
    return words.say(f"{measure.name}.none", **values)


def _sleep_figure(chart: SleepChart, words: ChartWords) -> Figure:
    heading = words.say("sleep.head")
    if chart.points:
        figure = Figure(SLEEP, heading, daily=chart.grain is Grain.DAY)
        return _with_table(figure, draw_nights(chart, words), sleep_table(chart, words))
    if chart.latest is None:
        return Figure(SLEEP, heading, sentence=words.say("sleep.never"))
    day = words.long_day(chart.latest, chart.span.last)
    return Figure(SLEEP, heading, sentence=words.say("sleep.none", day=day))


def _night_figure(charts: PersonCharts, words: ChartWords) -> Figure:
    night = charts.last_night
    assert night  # noqa: S101 - its caller looks
    drawing = draw_last_night(night, charts.span.last, words)
    heading = words.say("night.head", asleep=words.length(night.main.asleep))
    return Figure("night", heading, Markup(drawing), sums(night.main, words))  # noqa: S704 - ours


def _with_table(figure: Figure, drawing: str, table: ChartTable) -> Figure:
    left = max(0, len(table.rows) - MAX_ROWS)
    short = table._replace(rows=table.rows[:MAX_ROWS])
    return figure._replace(drawing=Markup(drawing), table=short, rows_left=left)  # noqa: S704 - ours
