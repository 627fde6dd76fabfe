"""The Web API 1: body logs, time series, profile and devices."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.decimals import number
from sandbox.fitbit import units
from sandbox.fitbit.dates import SHORT_PERIODS, Days, Limits, read_days
from sandbox.fitbit.errors import ApiError, not_found
from sandbox.fitbit.guard import Guard
from sandbox.fitbit.series import SERIES
from sandbox.fitbit.switches import FitbitSwitches
from sandbox.fitbit.units import Units
from sandbox.oauth.ledger import Ledger
from sandbox.wearer import BodyFat, Wearer, Weight, when

_USER = "/1/user/<user>"
_WEIGHT_LIMITS = Limits(31, SHORT_PERIODS)
_FAT_LIMITS = Limits(30, SHORT_PERIODS)

Json = dict[str, Any]


class FitbitApi:
    """The API of one wearer."""

    def __init__(self, wearer: Wearer, ledger: Ledger, switches: FitbitSwitches) -> None:
        self._wearer = wearer
        self._guard = Guard(ledger, switches, wearer)

    def routes(self) -> Blueprint:
        """Everything below `/1`."""
        routes = Blueprint("fitbit_api", __name__)
        routes.register_error_handler(ApiError, lambda error: error.response())
        routes.after_request(self._guard.show_limit)
        add = routes.add_url_rule
        for log, view in {"weight": self.weight_log, "fat": self.fat_log}.items():
            path = f"{_USER}/body/log/{log}/date/<start>"
            add(f"{path}.json", log, view)
            add(f"{path}/<end>.json", f"{log}_range", view)
        add(f"{_USER}/<area>/<name>/date/<start>/<end>.json", "series", self.series)
        add(f"{_USER}/profile.json", "profile", self.profile)
        add(f"{_USER}/devices.json", "devices", self.devices)
        add("/1/<path:rest>", "nothing", self.nothing)
        return routes

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

    def series(self, user: str, area: str, name: str, start: str, end: str) -> Response:
        """One value a day."""
        row = SERIES.get(f"{area}/{name}")
        if row is None:
            return self.nothing()
        self._guard.enter(user, row.scope)
        days = read_days(start, end, self._wearer.today(), row.limits)
        items = row.items(self._wearer, days, _units())
        return jsonify({f"{area}-{name}": items})

    def profile(self, user: str) -> Response:
        """Who the wearer is."""
        self._guard.enter(user, "profile")
        wearer = self._wearer
        now = wearer.instant(datetime.combine(wearer.today(), time(12)))
        offset = now.utcoffset()
        return jsonify(
            user={
                "age": 41,
                "displayName": wearer.name,
                "encodedId": wearer.legacy_id,
                "fullName": wearer.name,
                "memberSince": wearer.member_since.isoformat(),
                "offsetFromUTCMillis": int(offset.total_seconds() * 1000) if offset else 0,
                "timezone": str(wearer.zone),
                "weightUnit": "METRIC",
            }
            | self._stature()
        )

    def devices(self, user: str) -> Response:
        """A tracker and a scale."""
        self._guard.enter(user, "settings")
        synced = datetime.combine(self._wearer.today(), time(7, 30))
        common = {"features": [], "lastSyncTime": synced.isoformat(timespec="milliseconds")}
        tracker = {"battery": "High", "batteryLevel": 85, "deviceVersion": "Charge 6"}
        scale = {"battery": "Medium", "batteryLevel": 60, "deviceVersion": "Aria"}
        return jsonify(
            [
                tracker | common | {"id": "27072629", "type": "TRACKER"},
                scale | common | {"id": "27072630", "type": "SCALE"},
            ]
        )

    def nothing(self, rest: str = "") -> Response:
        """A path that is not served."""
        raise not_found()

    def _days(self, user: str, start: str, end: str, limits: Limits) -> Days:
        self._guard.enter(user, "weight")
        return read_days(start, end, self._wearer.today(), limits)

    def _weight(self, weight: Weight, fat: BodyFat | None) -> Json:
        bmi = self._wearer.bmi(weight)
        entry = _entry(weight) | {"weight": number(_units().weight(weight.grams))}
        if bmi is not None:
            entry["bmi"] = number(bmi)
        if fat is not None:
            entry["fat"] = number(fat.percent)
        return entry

    def _stature(self) -> Json:
        stature: Json = {}
        if self._wearer.height_mm:
            stature["height"] = number(_units().height(self._wearer.height_mm))
        if self._wearer.weights:
            last = max(self._wearer.weights, key=when)
            stature["weight"] = number(_units().weight(last.grams))
        return stature


def _entry(measured: Weight | BodyFat) -> Json:
    return {
        "date": measured.at.date().isoformat(),
        "logId": int(measured.log_id),
        "source": "API" if measured.manual else "Aria",
        "time": measured.at.time().isoformat(timespec="seconds"),
    }


def _units() -> Units:
    return units.of(request.headers.get("Accept-Language"))
