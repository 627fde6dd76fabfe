"""Weight, body fat and heart: a dot a measurement, and the mean of seven days as a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from healthrelay.core.charts.chart import Point, ValueChart
from healthrelay.core.charts.means import Mean, adjoining, column_means, stretches
from healthrelay.core.charts.spans import Column, Grain
from healthrelay.web.charts import svg
from healthrelay.web.charts.frame import HEIGHT, Frame, Margins
from healthrelay.web.charts.scale import Scale, around, decimal_steps, stone_steps
from healthrelay.web.charts.words import ChartWords

MANY_DOTS = 120
RADIUS, SMALL_RADIUS, SPARK_RADIUS = 2.6, 1.2, 2.2
"""Of a dot, of one among more than so many, and of one in a small line."""
LARGER = 1.2
"""How much larger the last dot is than any other of so few."""
SPARK_HEIGHT = 60
_SPARK_MARGINS = Margins(2, 6, 6, 6)


def draw_points(chart: ValueChart, words: ChartWords) -> str:
    """Return the chart as SVG; it has at least one point."""
    scale = scale_of(chart, words)
    frame = Frame(chart.span, float(scale.low), float(scale.high))
    measure = chart.measure
    body: list[str] = []
    for tick in scale.ticks:
        body += frame.level(float(tick), words.tick(measure, tick, scale.places))
    body += frame.dates(words)
    body += _line(chart, frame)
    body += _dots(chart.points, frame, RADIUS)
    body += [_end(chart, frame, words), frame.hits(list(_labels(chart, frame, words)))]
    title = words.say(f"{measure.name}.title.{chart.span.name}")
    return svg.picture(measure.name, title, describe(chart, words), HEIGHT, filter(None, body))


def scale_of(chart: ValueChart, words: ChartWords) -> Scale:
    """Return the scale around the values of *chart*, in pounds where weight is in stones."""
    values = [point.value for point in chart.points]
    means = [point.mean for point in chart.points if point.mean is not None]
    weight = chart.measure.name == "weight"
    least = chart.measure.least / (words.units.kilograms if weight else 1)
    steps = stone_steps() if weight and words.units.stones else decimal_steps()
    return around(min(*values, *means, values[0]), max(*values, *means, values[0]), least, steps)


def draw_spark(chart: ValueChart) -> str:
    """Return a small line without words, which the sentence above it says; nothing for one point.

    It is hidden from screen readers.
    """
    values = [value for point in chart.points for value in (point.value, point.mean or point.value)]
    if len(chart.points) <= 1:
        return ""
    low, high = float(min(values)), float(max(values))
    frame = Frame(chart.span, low, high if high > low else low + 1, SPARK_HEIGHT, _SPARK_MARGINS)
    body = "\n".join([*_line(chart, frame), *_dots(chart.points, frame, SPARK_RADIUS)])
    view = f"0 0 {svg.WIDE} {SPARK_HEIGHT}"
    return f'<svg class="chart spark" viewBox="{view}" aria-hidden="true">\n{body}\n</svg>'


def describe(chart: ValueChart, words: ChartWords) -> str:
    """Return what the picture shows, for somebody who does not see it."""
    values = [point.value for point in chart.points]
    said = [
        words.value(chart.measure, v) for v in (values[0], values[-1], min(values), max(values))
    ]
    first, last, lowest, highest = said
    measured = sum(point.days for point in chart.points)
    key = "points_by_month" if chart.grain is Grain.MONTH else "points_by_day"
    return words.say(
        key,
        first=first,
        last=last,
        lowest=lowest,
        highest=highest,
        count=measured,
        days=chart.span.days,
    )


def _line(chart: ValueChart, frame: Frame) -> Iterator[str]:
    """Yield the line in its parts: it is open where more than seven days lie between two."""
    for part in _parts(chart):
        if len(part) > 1:
            steps = " ".join(
                f"{svg.number(frame.middle(point.column))},"
                f"{svg.number(frame.y(float(point.value if point.mean is None else point.mean)))}"
                for point in part
            )
            yield svg.path("mean", f"M{steps}")


def _parts(chart: ValueChart) -> Iterable[list[Point]]:
    by_column = {point.column: point for point in chart.points}
    if chart.grain is not Grain.DAY:
        return [[by_column[c] for c in part] for part in adjoining(list(by_column))]
    runs = stretches([column.first for column in by_column])
    return [[by_column[Column(day, day)] for day in part] for part in runs]


def _dots(points: Sequence[Point], frame: Frame, radius: float) -> Iterator[str]:
    """Yield a dot a point, as round ends of a path: a circle for each is four times as long.

    The last is a circle, and bigger.
    """
    small = SMALL_RADIUS if len(points) > MANY_DOTS else radius
    *before, (last_x, last_y) = [
        (svg.number(frame.middle(point.column)), svg.number(frame.y(float(point.value))))
        for point in points
    ]
    if before:
        steps = "".join(f"M{x},{y}h0" for x, y in before)
        yield f'<path class="points" stroke-width="{svg.number(2 * small)}" d="{steps}"/>'
    large = svg.number(radius + LARGER)
    yield f'<circle class="point last" cx="{last_x}" cy="{last_y}" r="{large}"/>'


def _end(chart: ValueChart, frame: Frame, words: ChartWords) -> str:
    """Return the last value, beside its dot; one in stones needs more room, and stands above."""
    last = chart.points[-1]
    x, y = frame.middle(last.column), frame.y(float(last.value))
    label = words.amount(chart.measure, last.value)
    if chart.measure.name == "weight" and words.units.stones:
        above = y - 9 if y > 2 * frame.margins.top else y + 17
        return svg.text(svg.WIDE, above, label, "end", "end")
    return svg.text(x + 8, y + 4, label, css="end")


def _labels(chart: ValueChart, frame: Frame, words: ChartWords) -> Iterator[tuple[Column, str]]:
    """Yield each column of the hovering with what it says."""
    columns, grain = frame.hit_columns(chart.grain), frame.hit_grain(chart.grain)
    by_column = {point.column: Mean(point.value, 1) for point in chart.points}
    if grain is not chart.grain:
        values = {point.column.first: point.value for point in chart.points}
        by_column = column_means(values, columns)
    for column in columns:
        when = words.column(column, grain, chart.span.last)
        yield column, hover(when, by_column.get(column), chart, words)


def hover(when: str, mean: Mean | None, chart: ValueChart, words: ChartWords) -> str:
    if mean is None:
        return words.say("hover_nothing", when=when)
    return words.say("hover", when=when, value=words.value(chart.measure, mean.value))
