"""Steps: a bar a day from zero, or the mean day of a week or month."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from healthrelay.core.charts.chart import Point, ValueChart
from healthrelay.core.charts.spans import Column, Grain
from healthrelay.web.charts import svg
from healthrelay.web.charts.frame import HEIGHT, Frame
from healthrelay.web.charts.scale import decimal_steps, from_zero
from healthrelay.web.charts.words import ChartWords

BAR_SHARE = 0.68
"""How much of its column a bar fills."""
LEAST_TOP = Decimal(1000)


def draw_bars(chart: ValueChart, words: ChartWords) -> str:
    """Return the chart as SVG; it has at least one point."""
    scale = from_zero(max(point.value for point in chart.points), LEAST_TOP, decimal_steps())
    frame = Frame(chart.span, 0, float(scale.high))
    body: list[str] = []
    for tick in scale.ticks:
        css = "grid-line" if tick else "base"
        body += frame.level(float(tick), words.number(tick, scale.places), css)
    body += frame.dates(words)
    body += _bars(chart, frame)
    body.append(frame.hits(list(_labels(chart, frame, words))))
    name = chart.measure.name
    title = words.say(f"{name}.title.{chart.span.name}")
    return svg.picture(name, title, describe(chart, words), HEIGHT, filter(None, body))


def describe(chart: ValueChart, words: ChartWords) -> str:
    """Return what the picture shows, for somebody who does not see it."""
    whole = [point.value for point in chart.points if not _is_today(point, chart)]
    if not whole:
        return words.say("bars_today", value=words.value(chart.measure, chart.points[-1].value))
    mean, least, most = (
        words.number(value, 0)
        for value in (sum(whole, Decimal(0)) / len(whole), min(whole), max(whole))
    )
    return words.say(f"bars_by_{chart.grain.value}", mean=mean, least=least, most=most)


def _bars(chart: ValueChart, frame: Frame) -> Iterator[str]:
    """Yield the whole days as one path, true zeros as another, and today hollow."""
    steps = {"bar": "", "zero": "", "bar partly": ""}
    for point in chart.points:
        left, width = frame.area(point.column)
        wide = width * BAR_SHARE
        left += (width - wide) / 2
        if not point.value:
            # A line of its own, above the base: a day without data has none.
            steps["zero"] += f"M{svg.number(left)},{svg.number(frame.base - 1)}h{svg.number(wide)}"
            continue
        css = "bar partly" if _is_today(point, chart) else "bar"
        steps[css] += svg.bar(left, frame.y(float(point.value)), wide, frame.base)
    for css, path in steps.items():
        yield svg.path(css, path)


def _labels(chart: ValueChart, frame: Frame, words: ChartWords) -> Iterator[tuple[Column, str]]:
    by_column = {point.column: point for point in chart.points}
    for column in frame.hit_columns(chart.grain):
        when = words.column(column, chart.grain, chart.span.last)
        yield column, _hover(when, by_column.get(column), chart, words)


def _hover(when: str, point: Point | None, chart: ValueChart, words: ChartWords) -> str:
    if point is None:
        return words.say("hover_not_worn", when=when)
    key = "hover_so_far" if _is_today(point, chart) else "hover"
    return words.say(key, when=when, value=words.value(chart.measure, point.value))


def _is_today(point: Point, chart: ValueChart) -> bool:
    return chart.grain is Grain.DAY and point.column.first == chart.span.last
