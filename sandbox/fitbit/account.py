"""Who the wearer is, and what they wear."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.decimals import number
from sandbox.fitbit.guard import USER, Guard
from sandbox.fitbit.units import request_units
from sandbox.logs import Device
from sandbox.wearer import Wearer, civil, when

Json = dict[str, Any]


class Account:
    """Profile and devices."""

    def __init__(self, wearer: Wearer, guard: Guard) -> None:
        self._wearer = wearer
        self._guard = guard

    def add_to(self, routes: Blueprint) -> None:
        """Add two resources."""
        routes.add_url_rule(f"{USER}/profile.json", "profile", self.profile)
        routes.add_url_rule(f"{USER}/devices.json", "devices", self.devices)

    def profile(self, user: str) -> Response:
        """Who the wearer is."""
        self._guard.enter(user, "profile")
        wearer = self._wearer
        offset = wearer.at_home(time(12)).utcoffset()
        return jsonify(
            user={
                "age": 41,
                "displayName": wearer.name,
                "encodedId": wearer.legacy_id,
                "fullName": wearer.name,
                "locale": "nl_NL",
                "memberSince": wearer.member_since.isoformat(),
                "offsetFromUTCMillis": int(offset.total_seconds() * 1000) if offset else 0,
                "strideLengthRunning": number(request_units().height(1010)),
                "strideLengthWalking": number(request_units().height(740)),
                "timezone": str(wearer.zone),
                "weightUnit": "METRIC",
            }
            | self._stature()
        )

    def devices(self, user: str) -> Response:
        """Return the paired devices."""
        self._guard.enter(user, "settings")
        return jsonify([self._device(device) for device in self._wearer.devices])

    def _device(self, device: Device) -> Json:
        document: Json = {
            "battery": device.battery,
            "batteryLevel": device.level,
            "deviceVersion": device.version,
            "features": [],
            "id": device.id,
            "type": device.kind,
        }
        if device.mac is not None:
            document["mac"] = device.mac
        if synced := device.last_sync(self._wearer.at_home):
            document["lastSyncTime"] = civil(synced).isoformat(timespec="milliseconds")
        return document

    def _stature(self) -> Json:
        stature: Json = {}
        if self._wearer.height_mm:
            stature["height"] = number(request_units().height(self._wearer.height_mm))
        if self._wearer.weights:
            last = max(self._wearer.weights, key=when)
            stature["weight"] = number(request_units().weight(last.grams))
        return stature
