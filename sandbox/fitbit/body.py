"""The body: logs of weight and fat, and a day's figures."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.decimals import number
from sandbox.fitbit.dates import SHORT_PERIODS, Days, Limits, read_days
from sandbox.fitbit.fixed import WEIGHT_GOAL
from sandbox.fitbit.guard import USER, Guard
from sandbox.fitbit.units import request_units
from sandbox.wearer import BodyFat, Wearer, Weight, when

_WEIGHT_LIMITS = Limits(31, SHORT_PERIODS)
_FAT_LIMITS = Limits(30, SHORT_PERIODS)

Json = dict[str, Any]


class BodyLog:
    """The logs of the scale."""

    def __init__(self, wearer: Wearer, guard: Guard) -> None:
        self._wearer = wearer
        self._guard = guard

    def add_to(self, routes: Blueprint) -> None:
        """Add two logs, and the day."""
        for log, view in {"weight": self.weight_log, "fat": self.fat_log}.items():
            path = f"{USER}/body/log/{log}/date/<start>"
            routes.add_url_rule(f"{path}.json", log, view)
            routes.add_url_rule(f"{path}/<end>.json", f"{log}_range", view)
        routes.add_url_rule(f"{USER}/body/date/<start>.json", "body", self.day)

    def weight_log(self, user: str, start: str, end: str = "") -> Response:
        """Every weight of the days, ascending."""
        days = self._days(user, start, end, _WEIGHT_LIMITS)
        fats = {fat.log_id: fat for fat in self._wearer.fats}
        return jsonify(
            weight=[
                self._weight(weight, fats.get(weight.log_id))
                for weight in sorted(self._wearer.weights, key=when)
                if weight.at.date() in days
            ]
        )

    def fat_log(self, user: str, start: str, end: str = "") -> Response:
        """Every body fat of the days, ascending."""
        days = self._days(user, start, end, _FAT_LIMITS)
        logs = [fat for fat in sorted(self._wearer.fats, key=when) if fat.at.date() in days]
        return jsonify(fat=[_entry(fat) | {"fat": number(fat.percent)} for fat in logs])

    def day(self, user: str, start: str) -> Response:
        """Return the last figures of a day, those that are known, and the goal."""
        days = self._days(user, start, "", _WEIGHT_LIMITS)
        weights = [w for w in self._wearer.weights if w.at.date() in days]
        fats = [fat for fat in self._wearer.fats if fat.at.date() in days]
        body: Json = {}
        if weights:
            entry = self._weight(max(weights, key=when), None)
            body |= {name: entry[name] for name in ("bmi", "weight") if name in entry}
        if fats:
            body["fat"] = number(max(fats, key=when).percent)
        return jsonify(body=body, goals={"weight": WEIGHT_GOAL["weight"]})

    def _days(self, user: str, start: str, end: str, limits: Limits) -> Days:
        self._guard.enter(user, "weight")
        return read_days(start, end, self._wearer.today(), limits)

    def _weight(self, weight: Weight, fat: BodyFat | None) -> Json:
        bmi = self._wearer.bmi(weight)
        entry = _entry(weight) | {"weight": number(request_units().weight(weight.grams))}
        if bmi is not None:
            entry["bmi"] = number(bmi)
        if fat is not None:
            entry["fat"] = number(fat.percent)
        return entry


def _entry(measured: Weight | BodyFat) -> Json:
    return {
        "date": measured.at.date().isoformat(),
        "logId": int(measured.log_id),
        "source": "API" if measured.manual else "Aria",
        "time": measured.at.time().isoformat(timespec="seconds"),
    }
