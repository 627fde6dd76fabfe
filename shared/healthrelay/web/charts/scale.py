"""Which values stand at the side of a chart: four to seven ticks, and a frame that ends on them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

MIN_TICKS, MAX_TICKS = 4, 7
MARGIN = Decimal("1.1")
"""How much more than from the lowest to the highest value is shown."""
SMALLEST_STEP = Decimal("0.1")


class Scale(NamedTuple):
    """From *low* at the foot to *high* at the top, both on a tick."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def ticks(self) -> list[Decimal]:
        count = int((self.high - self.low) / self.step)
        return [self.low + n * self.step for n in range(count + 1)]

    @property
    def places(self) -> int:
        """The decimals of the ticks."""
        exponent = self.step.normalize().as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0


def decimal_steps() -> Iterator[Decimal]:
    """Yield 0.1, 0.2, 0.5, 1, 2, 5, 10 …"""
    size = SMALLEST_STEP
    while True:
        yield from (size, 2 * size, 5 * size)
        size *= 10


def stone_steps() -> Iterator[Decimal]:
    """Yield the steps of pounds that meet each whole stone: 1, 2, 7, 14, 28, 70, 140 …"""
    yield from map(Decimal, (1, 2, 7))
    size = Decimal(14)
    while True:
        yield from (size, 2 * size, 5 * size)
        size *= 10


def around(lowest: Decimal, highest: Decimal, least: Decimal, steps: Iterator[Decimal]) -> Scale:
    """Return a scale around the values, which shows at least a difference of *least*."""
    shown = max(least, (highest - lowest) * MARGIN)
    low = max(Decimal(0), (lowest + highest - shown) / 2)
    return _ending_on_ticks(low, low + shown, steps)


def from_zero(highest: Decimal, least: Decimal, steps: Iterator[Decimal]) -> Scale:
    """Return a scale that begins at 0."""
    return _ending_on_ticks(Decimal(0), max(least, highest), steps)


def _ending_on_ticks(low: Decimal, high: Decimal, steps: Iterator[Decimal]) -> Scale:
    for step in steps:
        first = (low / step).to_integral_value(ROUND_FLOOR)
        last = max((high / step).to_integral_value(ROUND_CEILING), first + MIN_TICKS - 1)
        if last - first < MAX_TICKS:
            return Scale(first * step, last * step, step)
    raise AssertionError("steps grow without end")
