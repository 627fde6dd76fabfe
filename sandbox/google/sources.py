"""Daily figures of two sources: the tracker's, and those of a ring that is worn on some days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sandbox.google.points import RING, Period, Point, Points
from sandbox.wearer import Wearer


def from_two_sources(points: Points) -> Points:
    """Return *points* with those of the ring, on the days on which it was worn.

    A list has both, in an order that means nothing; the merged stream has the tracker's alone.
    """

    def both(wearer: Wearer, period: Period) -> Iterator[Point]:
        for point in points(wearer, period):
            day = point.start.date()
            if day not in wearer.ring_days:
                yield point
                continue
            ring = replace(point, source=RING, value=_by_the_ring(point.value), merged=False)
            yield from (ring, point) if day.toordinal() % 2 else (point, ring)

    return both


def _by_the_ring(value: Any) -> Any:
    """Return *value* with every number in it one less: a ring does not measure as a watch does."""
    if isinstance(value, dict):
        return {name: _by_the_ring(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_by_the_ring(member) for member in value]
    if isinstance(value, str):
        return str(int(value) - 1) if value.isdigit() else value
    return value if isinstance(value, bool) else value - 1
