"""Google's answers, converted to the legacy shape: small and by the book, to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from tests.sandbox.person import GooglePerson

LEVELS = {
    "minutesSedentary": "SEDENTARY",
    "minutesLightlyActive": "LIGHTLY_ACTIVE",
    "minutesFairlyActive": "MODERATELY_ACTIVE",
    "minutesVeryActive": "VERY_ACTIVE",
}
NAMES = {"LIGHT": "Out of Range", "MODERATE": "Fat Burn", "VIGOROUS": "Cardio", "PEAK": "Peak"}
VALUES = {"RESTLESS": "2", "AWAKE": "3"}


class Converted:
    """The wearer's days from *first* to *last*, as Google tells them."""

    def __init__(self, google: GooglePerson, token: str, first: date, last: date) -> None:
        self._google = google
        self._token = token
        self._first = first
        self._end = last + timedelta(days=1)

    def rolled(self, kind: str, cap: int = 90) -> dict[str, Any]:
        """The days' values of a `dailyRollUp`."""
        values: dict[str, Any] = {}
        start = self._first
        while start < self._end:
            end = min(start + timedelta(days=cap), self._end)
            span = {"start": {"date": _parts(start)}, "end": {"date": _parts(end)}}
            body = self._google.roll(kind, self._token, {"range": span}).json()
            for point in body.get("rollupDataPoints", []):
                value = next(v for name, v in point.items() if not name.startswith("civil"))
                values[_day(point["civilStartTime"]["date"])] = value
            start = end
        return values

    def points(self, kind: str, member: str) -> list[dict[str, Any]]:
        """All points of the days, oldest first."""
        name = f"{kind.replace('-', '_')}.{member}"
        text = f'{name} >= "{self._first}" AND {name} < "{self._end}"'
        values: list[dict[str, Any]] = []
        following = ""
        while following or not values:
            more = {"pageToken": following} if following else {}
            body = self._google.points(kind, self._token, ":reconcile", filter=text, **more).json()
            for point in body["dataPoints"]:
                values += [v for name, v in point.items() if name != "dataPointName"]
            following = body.get("nextPageToken", "")
        return values[::-1]

    def daily(self, kind: str) -> dict[str, Any]:
        """The days' values of a daily type."""
        return {_day(point["date"]): point for point in self.points(kind, "date")}

    def levels(self, name: str) -> dict[str, str]:
        """Minutes at a level of activity; a level that a known day does not have took no time."""
        days = {}
        for day, value in self.rolled("activity-level").items():
            parts = value["activityLevelRollupsByActivityLevelType"]
            spent = {part["activityLevelType"]: part["totalDuration"] for part in parts}
            days[day] = str(_seconds(spent.get(LEVELS[name], "0s")) // 60)
        return days

    def nights(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The sessions of each day of waking up."""
        sessions = self.points("sleep", "interval.civil_end_time")
        for day, values in groupby(sessions, key=lambda s: str(local(s["interval"], "end").date())):
            yield day, list(values)

    def hearts(self) -> dict[str, Any]:
        """The objects of `activities/heart`."""
        resting = self.daily("daily-resting-heart-rate")
        spent = self.rolled("time-in-heart-rate-zone")
        burned = self.rolled("calories-in-heart-rate-zone", 14)
        days: dict[str, Any] = {}
        for day, value in self.daily("daily-heart-rate-zones").items():
            minutes = {z["heartRateZone"]: z for z in spent[day]["timeInHeartRateZones"]}
            kcal = {z["heartRateZone"]: z for z in burned[day]["caloriesInHeartRateZones"]}
            zones = [_zone(zone, minutes, kcal) for zone in value["heartRateZones"]]
            days[day] = {"customHeartRateZones": [], "heartRateZones": zones}
            if day in resting:
                days[day]["restingHeartRate"] = int(resting[day]["beatsPerMinute"])
        return days


def local(interval: dict[str, Any], which: str) -> datetime:
    """What the wearer's clock showed at the start or end of an interval."""
    at = datetime.fromisoformat(interval[f"{which}Time"]).replace(tzinfo=None)
    return at + timedelta(seconds=_seconds(interval[f"{which}UtcOffset"]))


def main_of(sessions: list[dict[str, Any]]) -> dict[str, Any]:
    return next(s for s in sessions if s["metadata"].get("mainSleep"))


def minute_data(session: dict[str, Any]) -> list[dict[str, str]]:
    """The minutes of a night, as version 1 has them."""
    minutes = []
    for stage in session.get("stages", []):
        at, end = (datetime.fromisoformat(stage[f"{which}Time"]) for which in ("start", "end"))
        shift = timedelta(seconds=_seconds(stage["startUtcOffset"]))
        while at < end:
            value = VALUES.get(stage["type"], "1")
            minutes.append({"dateTime": f"{at + shift:%H:%M:%S}", "value": value})
            at += timedelta(minutes=1)
    return minutes


def plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _zone(zone: dict[str, Any], minutes: dict[str, Any], kcal: dict[str, Any]) -> dict[str, Any]:
    kind = zone["heartRateZoneType"]
    return {
        "caloriesOut": kcal[kind]["kcal"] if kind in kcal else 0,
        "max": int(zone["maxBeatsPerMinute"]),
        "min": int(zone["minBeatsPerMinute"]),
        "minutes": _seconds(minutes[kind]["duration"]) // 60 if kind in minutes else 0,
        "name": NAMES[kind],
    }


def _seconds(duration: str) -> int:
    return int(duration.removesuffix("s"))


def _parts(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _day(parts: dict[str, int]) -> str:
    return str(date(parts["year"], parts["month"], parts["day"]))
