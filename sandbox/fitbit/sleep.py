"""The sleep log of a day, in the shape of version 1."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.fitbit.dates import read_date
from sandbox.fitbit.guard import USER, Guard
from sandbox.sleep import Sleep, by_day, main_sleep
from sandbox.wearer import Wearer, civil

_SHORT = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_MINUTE = timedelta(minutes=1)
_VALUES = {"AWAKE": "3", "RESTLESS": "2"}
_ASLEEP = "1"


class SleepLog:
    """What there is to know about the nights, day by day."""

    def __init__(self, wearer: Wearer, guard: Guard) -> None:
        self._wearer = wearer
        self._guard = guard

    def add_to(self, routes: Blueprint) -> None:
        """Add one resource."""
        routes.add_url_rule(f"{USER}/sleep/date/<day>.json", "sleep", self.view)

    def view(self, user: str, day: str) -> Response:
        """Return the sessions that ended on the day. Old clients write its date without zeros."""
        self._guard.enter(user, "sleep")
        padded = _SHORT.sub(lambda m: f"{m[1]}-{m[2]:0>2}-{m[3]:0>2}", day)
        on = read_date(padded, "date", self._wearer.today())
        sessions = by_day(self._wearer.nights()).get(on, [])
        main = main_sleep(sessions) if sessions else None
        return jsonify(
            sleep=[_session(sleep, main=sleep is main) for sleep in sessions],
            summary={
                "totalMinutesAsleep": sum(sleep.asleep for sleep in sessions),
                "totalSleepRecords": len(sessions),
                "totalTimeInBed": sum(sleep.in_bed for sleep in sessions),
            },
        )


def _session(sleep: Sleep, *, main: bool) -> dict[str, Any]:
    return {
        "awakeCount": sleep.count("AWAKE"),
        "awakeDuration": sleep.minutes("AWAKE"),
        "awakeningsCount": sleep.awakenings,
        "dateOfSleep": sleep.day.isoformat(),
        "duration": sleep.in_bed * 60_000,
        "efficiency": sleep.efficiency,
        "endTime": _local(sleep.end),
        "isMainSleep": main,
        "logId": int(sleep.log_id),
        "minuteData": _minutes(sleep),
        "minutesAfterWakeup": sleep.after_wakeup,
        "minutesAsleep": sleep.asleep,
        "minutesAwake": sleep.awake,
        "minutesToFallAsleep": 0,
        "restlessCount": sleep.count("RESTLESS"),
        "restlessDuration": sleep.minutes("RESTLESS"),
        "startTime": _local(sleep.start),
        "timeInBed": sleep.in_bed,
    }


def _local(at: datetime) -> str:
    return civil(at).isoformat(timespec="milliseconds")


def _minutes(sleep: Sleep) -> list[dict[str, str]]:
    return [
        {
            "dateTime": (civil(stage.start) + minute * _MINUTE).time().isoformat(),
            "value": _VALUES.get(stage.kind, _ASLEEP),
        }
        for stage in sleep.stages
        for minute in range(stage.minutes)
    ]
