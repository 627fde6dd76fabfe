"""Jack's nights and naps, and the figures of his body."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sandbox.jack.daily_random import DailyRandom
from sandbox.logs import Vitals
from sandbox.wearer import Wearer

Stages = list[tuple[str, int]]

_SLEPT, _CLASSIC, _NAPPED = 0.94, 0.06, 0.10
_KNOWN = 0.92
_CYCLES = range(5, 7)


def sleep(wearer: Wearer, day: date) -> None:
    """Add the night that ends on *day*, most often, and sometimes a nap in the afternoon."""
    rng = DailyRandom(wearer.name, "sleep", day)
    if rng.happens(_SLEPT):
        # From a quarter to eleven until a quarter to one: before midnight more often than after.
        bedtime = datetime.combine(day, time()) + timedelta(minutes=rng.between(-75, 45))
        classic = rng.happens(_CLASSIC)
        night = wearer.sleep(bedtime, *(_classic(rng, 5) if classic else _night(rng)))
        wearer.sleeps[-1] = night.with_short_awakenings()
    if rng.happens(_NAPPED):
        lying = datetime.combine(day, time(13)) + timedelta(minutes=rng.between(0, 120))
        wearer.sleep(lying, *_classic(rng, 1), nap=True)


def _night(rng: DailyRandom) -> Stages:
    stages: Stages = []
    for cycle in range(rng.between(_CYCLES.start, _CYCLES.stop)):
        stages += [
            ("LIGHT", rng.between(18, 40)),
            ("DEEP", rng.between(6, max(7, 40 - 8 * cycle))),
            ("LIGHT", rng.between(10, 25)),
            ("REM", rng.between(5, 12 + 6 * cycle)),
            ("AWAKE", rng.between(1, 9)),
        ]
    return stages


def _classic(rng: DailyRandom, turns: int) -> Stages:
    stages: Stages = []
    for _ in range(turns):
        stages += [
            ("ASLEEP", rng.between(18, 45)),
            ("RESTLESS", rng.between(1, 6)),
            ("ASLEEP", rng.between(4, 12)),
            ("AWAKE", rng.between(1, 4)),
        ]
    return stages


def vitals(name: str, day: date) -> Vitals:
    """Return the figures of *name* on the day, a few of them missing."""
    rng = DailyRandom(name, "vitals", day)
    known = [rng.happens(_KNOWN) for _ in range(5)]
    rmssd, lower = rng.tenths(280, 520), rng.tenths(915, 940)
    variable = known[0]
    return Vitals(
        rmssd=rmssd if variable else None,
        deep_rmssd=rmssd - rng.tenths(5, 45) if variable else None,
        spo2=(lower + rng.tenths(15, 30), lower, lower + rng.tenths(35, 60)) if known[1] else None,
        breaths=rng.tenths(132, 158) if known[2] else None,
        celsius=rng.tenths(336, 346) if known[3] else None,
        usual_celsius=Decimal("34.1") if known[3] else None,
        vo2_max=rng.tenths(410, 436) if known[4] else None,
    )
