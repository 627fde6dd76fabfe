"""Jack sleeps: his nights and naps, and what his body tells about them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sandbox.jack.luck import Luck
from sandbox.logs import Vitals
from sandbox.wearer import Wearer

Stages = list[tuple[str, int]]

_SLEPT, _CLASSIC, _NAPPED = 0.94, 0.06, 0.10
_TOLD = 0.92
_CYCLES = range(5, 7)


def sleep(wearer: Wearer, day: date) -> None:
    """Add the night that ends on *day*, most often, and sometimes a nap in the afternoon."""
    luck = Luck("sleep", day)
    if luck.happens(_SLEPT):
        # From a quarter to eleven until a quarter to one: before midnight more often than after.
        bedtime = datetime.combine(day, time()) + timedelta(minutes=luck.between(-75, 45))
        classic = luck.happens(_CLASSIC)
        wearer.sleep(bedtime, *(_classic(luck, 5) if classic else _night(luck)))
    if luck.happens(_NAPPED):
        lying = datetime.combine(day, time(13)) + timedelta(minutes=luck.between(0, 120))
        wearer.sleep(lying, *_classic(luck, 1), nap=True)


def _night(luck: Luck) -> Stages:
    stages: Stages = []
    for cycle in range(luck.between(_CYCLES.start, _CYCLES.stop)):
        stages += [
            ("LIGHT", luck.between(18, 40)),
            ("DEEP", luck.between(6, max(7, 40 - 8 * cycle))),
            ("LIGHT", luck.between(10, 25)),
            ("REM", luck.between(5, 12 + 6 * cycle)),
            ("AWAKE", luck.between(1, 9)),
        ]
    return stages


def _classic(luck: Luck, turns: int) -> Stages:
    stages: Stages = []
    for _ in range(turns):
        stages += [
            ("ASLEEP", luck.between(18, 45)),
            ("RESTLESS", luck.between(1, 6)),
            ("ASLEEP", luck.between(4, 12)),
            ("AWAKE", luck.between(1, 4)),
        ]
    return stages


def vitals(day: date) -> Vitals:
    """The day's figures, a few of them missing."""
    luck = Luck("vitals", day)
    told = [luck.happens(_TOLD) for _ in range(5)]
    rmssd, lower = luck.tenths(280, 520), luck.tenths(915, 940)
    variable = told[0]
    return Vitals(
        rmssd=rmssd if variable else None,
        deep_rmssd=rmssd - luck.tenths(5, 45) if variable else None,
        spo2=(lower + luck.tenths(15, 30), lower, lower + luck.tenths(35, 60)) if told[1] else None,
        breaths=luck.tenths(132, 158) if told[2] else None,
        celsius=luck.tenths(336, 346) if told[3] else None,
        usual_celsius=Decimal("34.1") if told[3] else None,
        vo2_max=luck.tenths(410, 436) if told[4] else None,
    )
