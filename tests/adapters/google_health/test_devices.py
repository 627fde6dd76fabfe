"""The wearer's devices."""

from __future__ import annotations

from typing import Any

import pytest

from healthrelay.adapters.google_health.rows import QUESTIONS
from healthrelay.core.measurements.catalogue import EPOCH
from healthrelay.core.measurements.reading import parse
from healthrelay.core.measurements.reads import Read
from tests.adapters.google_health.moving import assert_unknown, converted

SOURCE = "/pairedDevices"
TRACKER = {
    "name": "users/me/pairedDevices/123",
    "deviceType": "TRACKER",
    "deviceVersion": "Charge 6",
    "batteryLevel": 85,
    "batteryStatus": "High",
    "lastSyncTime": "2026-11-01T06:30:00Z",
    "macAddress": "02004C4F4B01",
    "features": ["STEPS"],
}


def test_a_device_that_tells_everything() -> None:
    assert converted("devices", {SOURCE: [TRACKER]}) == [
        {
            "id": "123",
            "type": "TRACKER",
            "deviceVersion": "Charge 6",
            "battery": "High",
            "batteryLevel": 85,
            "lastSyncTime": "2026-11-01T07:30:00.000",
            "mac": "02004C4F4B01",
            "features": ["STEPS"],
        }
    ]


def test_what_a_device_does_not_tell_is_absent() -> None:
    scale = {"name": "users/me/pairedDevices/124", "deviceType": "SCALE"}

    elements = converted("devices", {SOURCE: [TRACKER, scale]})

    assert elements[1] == {"id": "124", "type": "SCALE"}
    records, _ = parse("devices", elements)
    assert [record.key for record in records] == ["123", "124"]


def test_all_devices_are_asked_for() -> None:
    request = QUESTIONS[SOURCE].request(Read(SOURCE, EPOCH, EPOCH), "")

    assert request.path == "/pairedDevices?pageSize=100"


@pytest.mark.parametrize(
    "device", [{"deviceType": "SCALE"}, {**TRACKER, "lastSyncTime": "lately"}, "a scale"]
)
def test_unknown_shape_is_told_and_not_read_as_nothing(device: Any) -> None:
    assert_unknown("devices", {SOURCE: [device]})
