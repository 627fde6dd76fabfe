"""Sleep: a ribbon a night, with the clock downwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from healthrelay.core.charts.chart import SleepChart, SleepPoint
from healthrelay.core.charts.nights import SleepStage, SleepStretch
from healthrelay.core.charts.rows import clock
from healthrelay.core.charts.spans import Column
from healthrelay.web.charts import svg
from healthrelay.web.charts.frame import SLEEP_HEIGHT, Frame
from healthrelay.web.charts.words import ChartWords

HOUR = 60
EARLIEST, LATEST = -12 * HOUR, 24 * HOUR
"""From noon of the day before to the midnight after: what lies outside is cut."""
RIBBON, CORE = 0.78, 0.3
"""How much of its column the ribbon fills, and the core of REM sleep."""
FINE_DAYS = 45
SHORTEST_MINUTES = (1, 5, 10, 20, 40, 80)
"""What is shorter is left out: the first where the days are few, the next where they are more,
and then the first one with which the drawing is not too large."""
MAX_STEPS = 14_000
"""Bytes of all ribbons, bands and cores."""
_LEAST_GAP = 1.0
"""Of a waking, in units of the drawing: a pixel or more."""
_TICK_HOURS = (1, 2, 3, 4, 6)
_MOST_TICKS = 7


def draw_nights(chart: SleepChart, words: ChartWords) -> str:
    """Return the chart as SVG; it has at least one night."""
    first, last = clock_range(chart.points)
    # The clock goes downwards: the end of the night lies at the foot.
    frame = Frame(chart.span, last, first, SLEEP_HEIGHT)
    body: list[str] = []
    for minutes in _hours(first, last):
        body += frame.level(minutes, clock(minutes))
    for css, steps in _ribbons(chart, frame).items():
        body.append(steps and _ribbon(css, frame, chart, steps))
    body += frame.dates(words)
    body.append(frame.hits(list(_labels(chart, frame, words))))
    title = words.say(f"sleep.title.{chart.span.name}")
    described = describe(chart, words)
    return svg.picture("sleep", title, described, SLEEP_HEIGHT, filter(None, body))


def clock_range(points: Sequence[SleepPoint]) -> tuple[int, int]:
    """Return the first and the last whole hour in which somebody sleeps, in minutes."""
    times = [time for point in points for part in _sessions(point) for time in part]
    first = max(EARLIEST, min(times) // HOUR * HOUR)
    return first, min(LATEST, max(-(-max(times) // HOUR) * HOUR, first + HOUR))


def describe(chart: SleepChart, words: ChartWords) -> str:
    """Return what the picture shows, for somebody who does not see it."""
    asleep = [point.asleep for point in chart.points]
    first, last = clock_range(chart.points)
    nights = sum(point.days for point in chart.points)
    return words.say(
        f"nights_by_{chart.grain.value}",
        mean=words.length(sum(asleep) // len(asleep)),
        least=words.length(min(asleep)),
        most=words.length(max(asleep)),
        first=clock(first),
        last=clock(last),
        count=nights,
        days=chart.span.days,
    )


def _sessions(point: SleepPoint) -> list[tuple[int, int]]:
    if point.night is None:
        return [(point.begin, point.end)]
    return [(session.begin, session.end) for session in point.night.sessions]


def _hours(first: int, last: int) -> Iterable[int]:
    step = next(h for h in _TICK_HOURS if (last - first) // (h * HOUR) < _MOST_TICKS) * HOUR
    return range(first, last + 1, step)


def _ribbons(chart: SleepChart, frame: Frame) -> dict[str, str]:
    """Return the steps of the ribbon, of the deep bands upon it, and of the cores of REM sleep."""
    paths: dict[str, str] = {}
    for shortest in SHORTEST_MINUTES[chart.span.days > FINE_DAYS :]:
        paths = _ribbons_from(chart, frame, shortest)
        if sum(map(len, paths.values())) <= MAX_STEPS:
            break
    return paths


def _ribbons_from(chart: SleepChart, frame: Frame, shortest: int) -> dict[str, str]:
    gap = _LEAST_GAP / (frame.base - frame.margins.top) * (frame.low - frame.high)
    paths = {"light": "", "deep": "", "rem": ""}
    for point in chart.points:
        x, parts = frame.middle(point.column), _parts(point)
        paths["light"] += _strokes(x, asleep(parts, shortest, gap), frame)
        for stage in (SleepStage.DEEP, SleepStage.REM):
            bands = [(p.begin, p.end) for p in parts if p.stage is stage and p.minutes >= shortest]
            paths[stage.value] += _strokes(x, bands, frame)
    return paths


def _parts(point: SleepPoint) -> list[SleepStretch]:
    if point.night is None:
        return [SleepStretch(SleepStage.LIGHT, point.begin, point.end)]
    return [part for session in point.night.sessions for part in _joined(session.stretches)]


def _joined(stretches: Sequence[SleepStretch]) -> Iterator[SleepStretch]:
    """Yield *stretches*; the hour that the clocks left out, if any, belongs to what follows it."""
    shift = 0
    for part in stretches:
        yield part._replace(begin=part.begin - max(part.shift - shift, 0))
        shift = part.shift


def asleep(
    parts: Iterable[SleepStretch], shortest: int, least_gap: float
) -> list[tuple[float, float]]:
    """Return from when to when somebody sleeps without waking.

    A waking is a gap of at least *least_gap* minutes; one under *shortest* minutes is none.
    """
    runs: list[tuple[float, float]] = []
    for part in sorted(parts, key=lambda one: one.begin):
        if part.stage is SleepStage.AWAKE:
            continue
        if runs and part.begin - runs[-1][1] < shortest:
            runs[-1] = runs[-1][0], max(part.end, runs[-1][1])
        else:
            begin = max(part.begin, runs[-1][1] + least_gap) if runs else part.begin
            runs.append((begin, max(part.end, begin)))
    return runs


def _strokes(x: float, bands: Iterable[tuple[float, float]], frame: Frame) -> str:
    """Return upright strokes of a path, the first from its own place, each next one from there."""
    steps, at = "", None
    for begin, end in bands:
        top, foot = (round(frame.y(min(max(m, frame.high), frame.low)), 1) for m in (begin, end))
        if foot <= top:
            continue
        down = f"v{svg.number(foot - top)}"
        move = f"M{svg.number(x)},{svg.number(top)}" if at is None else f"m0,{svg.number(top - at)}"
        steps, at = f"{steps}{move}{down}", foot
    return steps


def _ribbon(css: str, frame: Frame, chart: SleepChart, steps: str) -> str:
    # A week or month that is cut is narrower than the others.
    width = max(frame.area(point.column)[1] for point in chart.points)
    wide = svg.number(max(width * (CORE if css == "rem" else RIBBON), 0.4))
    return f'<path class="ribbon {css}" stroke-width="{wide}" d="{steps}"/>'


def _labels(chart: SleepChart, frame: Frame, words: ChartWords) -> Iterator[tuple[Column, str]]:
    by_column = {point.column: point for point in chart.points}
    for column in frame.hit_columns(chart.grain):
        when = words.column(column, chart.grain, chart.span.last)
        point = by_column.get(column)
        if point is None:
            yield column, words.say("hover_no_night", when=when)
        else:
            begin, end = clock(point.begin), clock(point.end)
            yield column, words.say("hover_night", when=when, begin=begin, end=end)
