"""The frame of a chart: days from left to right, values from the foot to the top."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.charts.spans import DAY, Column, Grain, ShownSpan
from healthrelay.web.charts import svg

if TYPE_CHECKING:
    from healthrelay.web.charts.words import ChartWords

LEFT, RIGHT, TOP, FOOT = 40, 36, 8, 24
HEIGHT, SLEEP_HEIGHT = 176, 200
MAX_HITS = 120
_WEEKS_SHOWN, _MONTHS_SHOWN, _PAIRS_SHOWN = 45, 120, 730
"""Up to how many days Mondays have a tick, up to how many each month, each second one."""
_MOST_YEARS = 8


class Margins(NamedTuple):
    """What lies around the frame, in units of the drawing."""

    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    foot: int = FOOT


class Frame(NamedTuple):
    """*low* lies at the foot, *high* at the top; a time that goes downwards has *low* above it."""

    span: ShownSpan
    low: float
    high: float
    height: int = HEIGHT
    margins: Margins = Margins()

    @property
    def right(self) -> int:
        return svg.WIDE - self.margins.right

    @property
    def base(self) -> int:
        return self.height - self.margins.foot

    @property
    def day_width(self) -> float:
        return (self.right - self.margins.left) / self.span.days

    def x(self, day: date) -> float:
        """Return the middle of *day*."""
        return self.margins.left + ((day - self.span.first).days + 0.5) * self.day_width

    def middle(self, column: Column) -> float:
        return (self.x(column.first) + self.x(column.last)) / 2

    def area(self, column: Column) -> tuple[float, float]:
        """Return the left edge and the width of *column*."""
        days = (column.last - column.first).days + 1
        return self.x(column.first) - self.day_width / 2, days * self.day_width

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.base - share * (self.base - self.margins.top)

    def level(self, value: float, words: str, css: str = "grid-line") -> Iterator[str]:
        """Yield the line at *value*, and the words beside it."""
        y = self.y(value)
        yield svg.line(css, self.margins.left, self.right, y)
        yield svg.text(self.margins.left - 6, y + 4, words, "end")

    def dates(self, words: ChartWords) -> Iterator[str]:
        """Yield the ticks of time at the foot."""
        for day, label in _ticks(self.span, words):
            yield svg.text(self.x(day), self.height - 4, label, "middle")

    def hit_grain(self, grain: Grain) -> Grain:
        """Return what says its value on hovering: weeks where days are too many."""
        return Grain.WEEK if grain is Grain.DAY and self.span.days > MAX_HITS else grain

    def hit_columns(self, grain: Grain) -> list[Column]:
        """Return the columns that say their value on hovering."""
        return self.span.columns(self.hit_grain(grain))[-MAX_HITS:]

    def hits(self, labels: list[tuple[Column, str]]) -> str:
        return svg.hits(
            [(*self.area(column), words) for column, words in labels], self.margins.top, self.base
        )


def _ticks(span: ShownSpan, words: ChartWords) -> Iterator[tuple[date, str]]:
    days = [span.first + n * DAY for n in range(span.days)]
    if span.days <= _WEEKS_SHOWN:
        mondays = [day for day in days if day.weekday() == 0]
        for place, day in enumerate(mondays):
            named = place == 0 or day.day < 8
            yield day, words.short_day(day) if named else str(day.day)
    elif span.days <= _PAIRS_SHOWN:
        firsts = [day for day in days if day.day == 1]
        for day in firsts[:: 1 if span.days <= _MONTHS_SHOWN else 2]:
            yield day, words.month(day)
    else:
        firsts = [day for day in days if (day.month, day.day) == (1, 1)]
        for day in firsts[:: 1 + len(firsts) // _MOST_YEARS]:
            yield day, str(day.year)
