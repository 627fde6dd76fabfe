"""Sessions that could have been, for nights of which only the totals were recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sandbox.wearer import Wearer

_MORNING, _NAP_HOURS = 7, 3
# A nap takes this part of an equal share; the rest of the time in bed is the night's.
_NAP = 4


class Totals(NamedTuple):
    """What a day's sessions add up to, in minutes."""

    sessions: int
    asleep: int
    in_bed: int


def add_sleeps(wearer: Wearer, day: date, totals: Totals) -> None:
    """Add a classic night that ends at seven, and naps later, which together have *totals*."""
    for number, (asleep, in_bed) in enumerate(_shares(totals)):
        ends = datetime.combine(day, time(_MORNING + number * _NAP_HOURS))
        begins = ends - timedelta(minutes=in_bed)
        wearer.sleep(begins, *_stages(asleep, in_bed - asleep), nap=number > 0)


def _shares(totals: Totals) -> Iterator[tuple[int, int]]:
    awake, naps = totals.in_bed - totals.asleep, totals.sessions - 1
    bed = totals.in_bed // (totals.sessions * _NAP)
    restless = awake * bed // totals.in_bed
    night_awake, night_bed = awake - naps * restless, totals.in_bed - naps * bed
    yield night_bed - night_awake, night_bed
    for _ in range(naps):
        yield bed - restless, bed


def _stages(asleep: int, awake: int) -> Iterator[tuple[str, int]]:
    first = asleep // 2
    restless = awake - awake // 3
    for kind, minutes in (
        ("ASLEEP", first),
        ("RESTLESS", restless),
        ("ASLEEP", asleep - first),
        ("AWAKE", awake - restless),
    ):
        if minutes:
            yield kind, minutes
