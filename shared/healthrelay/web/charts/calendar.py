"""The calendar of a year: months downwards, the days of a month across."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from html import escape

from healthrelay.core.charts.coverage import MONTHS, Calendar, Coverage
from healthrelay.web.charts import svg
from healthrelay.web.charts.words import ChartWords

LEFT, TOP, ACROSS, DOWN = 28, 18, 8.7, 15
"""The first square, and how far it is to the next one."""
WIDTH, HEIGHT = 7.5, 10
TOTAL_HEIGHT = TOP + MONTHS * DOWN - 2
MAX_TITLES = 45
"""Days that are not complete and say so on hovering, the newest; the list beside has all."""
_NUMBERS = (1, 5, 10, 15, 20, 25, 30)


def draw_calendar(calendar: Calendar, words: ChartWords) -> str:
    """Return the calendar as SVG; each state has a shape of its own."""
    body = [svg.text(_x(n) + WIDTH / 2, 10, str(n), "middle") for n in _NUMBERS]
    for row in range(MONTHS):
        body.append(svg.text(0, TOP + row * DOWN + 9, words.month(_month(calendar, row))))
    body += shapes(calendar.days, calendar.first)
    body.append(_titles(calendar, words))
    begin, end = (
        words.say("month_of_year", month=words.month(day), year=day.year)
        for day in (calendar.first, calendar.last)
    )
    title = words.say("calendar.title", first=begin, last=end)
    described = words.say("calendar.described", **_counts(calendar))
    return svg.picture("days", title, described, TOTAL_HEIGHT, filter(None, body))


def key_of(coverage: Coverage) -> str:
    """Return the shape of a state alone, for the key beside the calendar."""
    first = date(2000, 1, 1)
    inside = "".join(shapes({first: coverage}, first))
    return f'<svg viewBox="{LEFT - 1} {TOP} 10 10" aria-hidden="true">{inside}</svg>'


def shapes(days: Mapping[date, Coverage], first: date) -> Iterator[str]:
    """Yield the paths that draw *days*, of which *first* begins the first month.

    A square is a thick stroke: a path around each of a year would be twice as long.
    """
    places = {
        coverage: [(_x(day.day), _y(day, first)) for day, one in days.items() if one is coverage]
        for coverage in Coverage
    }
    across = f"h{WIDTH}"
    yield svg.path("complete", _repeat(places[Coverage.COMPLETE], across, (0, 5), (WIDTH, 0)))
    yield svg.path("none", _repeat(places[Coverage.NONE], "h5.5", (1, 5), (5.5, 0)))
    yield svg.path("open", _repeat(places[Coverage.OPEN], "h6v8h-6z", (0.8, 1)))
    yield svg.path("open-dot", _repeat(places[Coverage.OPEN], "h0", (3.8, 5)))
    yield svg.path("failed", _repeat(places[Coverage.FAILED], across, (0, 5), (WIDTH, 0)))
    cross = "l4.5,4.5m0,-4.5l-4.5,4.5"
    yield svg.path("failed-x", _repeat(places[Coverage.FAILED], cross, (1.5, 2.8), (0, 4.5)))


_Place = tuple[float, float]


def _repeat(places: Iterable[_Place], shape: str, inset: _Place, end: _Place = (0, 0)) -> str:
    """Return *shape* at each of *places*, each step from the last one.

    It begins at *inset* from the place, and ends at *end* from where it begins.
    """
    steps, at = "", None
    for x, y in ((left + inset[0], top + inset[1]) for left, top in places):
        if at is None or at[1] != y:
            steps += f"M{svg.number(x)},{svg.number(y)}{shape}"
        else:
            steps += f"m{svg.number(x - at[0] - end[0])},{svg.number(-end[1])}{shape}"
        at = x, y
    return steps


def _titles(calendar: Calendar, words: ChartWords) -> str:
    """Return a see-through square with a text on each of the newest days that are not complete."""
    named = [(d, one) for d, one in calendar.days.items() if one is not Coverage.COMPLETE]
    inside = ""
    for day, one in named[-MAX_TITLES:]:
        x, y = svg.number(_x(day.day)), _y(day, calendar.first)
        state = words.say(f"calendar.state.{one.value}")
        label = words.say("calendar.hover", day=words.day(day, calendar.last), state=state)
        inside += f'<path d="M{x},{y}h{WIDTH}v{HEIGHT}H{x}z"><title>{escape(label)}</title></path>'
    return f'<g class="hits">{inside}</g>' if inside else ""


def _counts(calendar: Calendar) -> dict[str, int]:
    counts = {one.value: calendar.count(one) for one in Coverage}
    return {**counts, "count": len(calendar.days)}


def _x(number: int) -> float:
    return LEFT + (number - 1) * ACROSS


def _y(day: date, first: date) -> int:
    months = (day.year - first.year) * MONTHS + day.month - first.month
    return TOP + months * DOWN


def _month(calendar: Calendar, row: int) -> date:
    months = calendar.first.month - 1 + row
    return date(calendar.first.year + months // MONTHS, months % MONTHS + 1, 1)
