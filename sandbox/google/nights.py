"""The data points of sleep, and of a person's daily figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from sandbox.decimals import number
from sandbox.google.points import DERIVED, TRACKER, Period, Point, Points
from sandbox.google.values import Json, instant_json, offset_json
from sandbox.logs import Vitals
from sandbox.sleep import Sleep, Stage, by_day, main_sleep
from sandbox.wearer import STAGES_TAKE, Wearer

_KINDS = ("AWAKE", "LIGHT", "DEEP", "REM", "ASLEEP", "RESTLESS")
_NOTICED = timedelta(minutes=10)


def sleeps(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Sessions, as far as they are worked out."""
    for day, sessions in by_day(wearer.nights()).items():
        if day in period:
            main = main_sleep(sessions)
            for sleep in sessions:
                value = _sleep(sleep, main=sleep is main)
                end, name = sleep.end, sleep.log_id
                yield Point(start=sleep.start, end=end, id=name, source=TRACKER, value=value)


def daily(value: Callable[[Vitals], Json | None]) -> Points:
    """Return points of *value* on each day that has one."""

    def document(wearer: Wearer, period: Period) -> Iterator[Point]:
        for day, vitals in wearer.vitals.items():
            member = value(vitals) if day in period else None
            if member is not None:
                midnight = wearer.instant(datetime.combine(day, time()))
                yield Point(start=midnight, source=DERIVED, value=member)

    return document


def variability(vitals: Vitals) -> Json | None:
    """Heart rate variability."""
    return _numbers(
        averageHeartRateVariabilityMilliseconds=vitals.rmssd,
        deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds=vitals.deep_rmssd,
    )


def oxygen(vitals: Vitals) -> Json | None:
    """Oxygen saturation."""
    average, lower, upper = vitals.spo2 or (None, None, None)
    return _numbers(
        averagePercentage=average, lowerBoundPercentage=lower, upperBoundPercentage=upper
    )


def breathing(vitals: Vitals) -> Json | None:
    """Respiratory rate."""
    return _numbers(breathsPerMinute=vitals.breaths)


def temperature(vitals: Vitals) -> Json | None:
    """Temperature of the skin while asleep."""
    return _numbers(
        nightlyTemperatureCelsius=vitals.celsius, baselineTemperatureCelsius=vitals.usual_celsius
    )


def fitness(vitals: Vitals) -> Json | None:
    """Cardio fitness."""
    member = _numbers(vo2Max=vitals.vo2_max)
    return member and member | {"cardioFitnessLevel": "GOOD", "estimated": True}


def fitness_samples(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Yield the maximal oxygen uptake, found at noon of each day that has a cardio fitness."""
    for start, vo2_max in _at_noon(wearer, period):
        value: Json = {"vo2Max": number(vo2_max), "measurementMethod": "GOOGLE_DEMOGRAPHIC"}
        yield Point(start=start, source=DERIVED, value=value, amount=vo2_max)


def run_fitness_samples(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Yield the same of each day with a run."""
    runs = {exercise.start.date() for exercise in wearer.exercises if exercise.kind == "RUNNING"}
    for start, vo2_max in _at_noon(wearer, period):
        if start.date() in runs:
            value: Json = {"runVo2Max": number(vo2_max)}
            yield Point(start=start, source=DERIVED, value=value, amount=vo2_max)


def _at_noon(wearer: Wearer, period: Period) -> Iterator[tuple[datetime, Decimal]]:
    for day, vitals in wearer.vitals.items():
        if vitals.vo2_max is not None and day in period:
            yield wearer.instant(datetime.combine(day, time(12))), vitals.vo2_max


def _numbers(**members: Decimal | None) -> Json | None:
    known = {name: number(value) for name, value in members.items() if value is not None}
    return known or None


# A night is needed again on each page of a listing.
@lru_cache(4096)
def _sleep(sleep: Sleep, *, main: bool) -> Json:
    document: Json = {
        "type": "STAGES" if sleep.staged else "CLASSIC",
        "metadata": _metadata(sleep, main=main),
        "summary": _summary(sleep),
        "createTime": instant_json(sleep.end + _NOTICED),
        "updateTime": instant_json(sleep.end + (STAGES_TAKE if sleep.processed else _NOTICED)),
    }
    for name, stages in {"stages": sleep.stages, "shortAwakenings": sleep.short}.items():
        if stages:
            document[name] = [_stage(stage) for stage in stages]
    return document


def _stage(stage: Stage) -> Json:
    return {
        "startTime": instant_json(stage.start),
        "startUtcOffset": offset_json(stage.start),
        "endTime": instant_json(stage.end),
        "endUtcOffset": offset_json(stage.end),
        "type": stage.kind,
    }


def _metadata(sleep: Sleep, *, main: bool) -> Json:
    document: Json = {"processed": sleep.processed}
    if sleep.processed:
        document["stagesStatus"] = "SUCCEEDED" if sleep.staged else "REJECTED_COVERAGE"
    if main:
        document["mainSleep"] = True
    if sleep.nap:
        document |= {"nap": True, "stagesStatus": "REJECTED_NAP"}
    return document


def _summary(sleep: Sleep) -> Json:
    document: Json = {
        "minutesInSleepPeriod": str(sleep.in_bed),
        "minutesAsleep": str(sleep.asleep),
        "minutesAwake": str(sleep.minutes("AWAKE")),
        "minutesToFallAsleep": "0",
        "minutesAfterWakeUp": str(sleep.after_wakeup),
    }
    kinds = [
        {"type": kind, "minutes": str(sleep.minutes(kind)), "count": str(sleep.count(kind))}
        for kind in _KINDS
        if sleep.count(kind)
    ]
    return document | ({"stagesSummary": kinds} if kinds else {})
