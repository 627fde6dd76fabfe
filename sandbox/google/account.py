"""Identity, profile, settings and paired devices."""

from __future__ import annotations

from datetime import time

from flask import Blueprint, Response, jsonify, request

from sandbox.google.guard import Guard, need, need_any
from sandbox.google.paging import Pager, Query, page_size
from sandbox.google.values import Json, date_json, instant_json, offset_json
from sandbox.logs import Device
from sandbox.wearer import Wearer

_NOON = time(12)
_UNITS = {
    "weightUnit": "WEIGHT_UNIT_KILOGRAMS",
    "heightUnit": "HEIGHT_UNIT_CENTIMETERS",
    "distanceUnit": "DISTANCE_UNIT_KILOMETERS",
    "waterUnit": "WATER_UNIT_ML",
    "glucoseUnit": "GLUCOSE_UNIT_MMOL_L",
    "temperatureUnit": "TEMPERATURE_UNIT_CELSIUS",
}


class Account:
    """What there is to know about the wearer besides measurements."""

    def __init__(self, wearer: Wearer, guard: Guard, pager: Pager) -> None:
        self._wearer = wearer
        self._guard = guard
        self._pager = pager

    def add_to(self, routes: Blueprint) -> None:
        """Add four resources below the user."""
        for name, view in {
            "identity": self.identity,
            "profile": self.profile,
            "settings": self.settings,
            "pairedDevices": self.paired_devices,
        }.items():
            routes.add_url_rule(f"/v4/users/<user>/{name}", name, view)

    def identity(self, user: str) -> Response:
        """Return the ids of the wearer here and in the legacy API."""
        need_any(self._guard.enter(user))
        return jsonify(
            name="users/me/identity",
            healthUserId=self._wearer.health_id,
            legacyUserId=self._wearer.legacy_id,
        )

    def profile(self, user: str) -> Response:
        """Age and strides; no name, weight or height."""
        need(self._guard.enter(user), "profile")
        return jsonify(
            name="users/me/profile",
            age=41,
            membershipStartDate=date_json(self._wearer.member_since),
            autoWalkingStrideLengthMm=740,
            autoRunningStrideLengthMm=1010,
        )

    def settings(self, user: str) -> Response:
        """Time zone, and units as hints for display."""
        need(self._guard.enter(user), "settings")
        return jsonify(
            name="users/me/settings",
            timeZone=str(self._wearer.zone),
            utcOffset=offset_json(self._wearer.at_home(_NOON)),
            languageLocale="nl_NL",
            **_UNITS,
        )

    def paired_devices(self, user: str) -> Response:
        """Return a tracker and a scale."""
        need(self._guard.enter(user, "pageSize", "pageToken"), "settings")
        parameters = request.args.to_dict()
        token = parameters.pop("pageToken", "")
        size = page_size(parameters.get("pageSize"), 5, 100)
        query = Query(parameters=parameters, token=token, size=size)
        devices, following = self._pager.page(self._devices(), query)
        answer: Json = {"pairedDevices": list(devices)} if devices else {}
        return jsonify(answer | ({"nextPageToken": following} if following else {}))

    def _devices(self) -> list[Json]:
        return [self._device(device) for device in self._wearer.devices]

    def _device(self, device: Device) -> Json:
        document: Json = {
            "name": f"users/me/pairedDevices/{device.id}",
            "deviceType": device.kind,
            "deviceVersion": device.version,
            "batteryLevel": device.level,
            "batteryStatus": device.battery,
        }
        if device.mac is not None:
            document["macAddress"] = device.mac
        if synced := device.last_sync(self._wearer.at_home):
            document["lastSyncTime"] = instant_json(synced)
        return document | ({"features": [*device.features]} if device.features else {})
