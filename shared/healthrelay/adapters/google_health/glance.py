"""A wearer's newest weight, yesterday's steps and last night: three small questions.

They go past the tables of series, which a consent would have to load for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from healthrelay.adapters.google_health.questions import (
    DailyRollUp,
    Question,
    Request,
    samples,
    sessions,
)
from healthrelay.core.grants.glance import Seen
from healthrelay.core.measurements import units
from healthrelay.core.measurements.reads import Read

WEIGHT_DAYS = timedelta(days=30)

Json = dict[str, Any]
Send = Callable[[Request], Json]


def questions(send: Send, today: date) -> dict[str, Callable[[], Seen | None]]:
    """Return what to ask for each part of a `Glance`; *send* returns the answer to a request."""
    yesterday = today - timedelta(days=1)

    def points(question: Question, start: date, end: date) -> list[Json]:
        request = question.request(Read(question.source.name, start, end), "")
        found: list[Json] = send(request).get(question.points, [])
        return found

    def weight() -> Seen | None:
        read = points(samples("weight"), today - WEIGHT_DAYS, today)
        weights = [point["weight"] for point in read]
        if not weights:
            return None
        newest = max(weights, key=lambda one: _instant(one["sampleTime"]["physicalTime"]))
        day = _local_day(newest["sampleTime"]["physicalTime"], newest["sampleTime"]["utcOffset"])
        return Seen(units.kilograms(units.exact(newest["weightGrams"])), day)

    def steps() -> Seen | None:
        totals = points(DailyRollUp("steps"), yesterday, yesterday)
        if not totals:
            return None
        return Seen(totals[0]["steps"]["countSum"], yesterday.isoformat())

    def night() -> Seen | None:
        nights = [point["sleep"] for point in points(sessions("sleep"), yesterday, today)]
        known = [one for one in nights if "minutesAsleep" in one.get("summary", {})]
        if not known:
            return None
        last = max(known, key=lambda one: _instant(one["interval"]["endTime"]))
        day = _local_day(last["interval"]["endTime"], last["interval"]["endUtcOffset"])
        return Seen(last["summary"]["minutesAsleep"], day)

    return {"weight": weight, "steps": steps, "night": night}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _local_day(instant: str, offset: str) -> str:
    """Return the day at *instant* where clocks were *offset* (``3600s``) from UTC."""
    away = timedelta(seconds=float(offset.removesuffix("s")))
    return (_instant(instant) + away).date().isoformat()
