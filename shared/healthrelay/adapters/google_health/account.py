"""What is true of the wearer now: their devices and their profile."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from healthrelay.adapters.google_health.body import HEIGHT, newest_height
from healthrelay.adapters.google_health.points import (
    Answers,
    Element,
    Row,
    duration,
    local,
    samples_of,
)
from healthrelay.adapters.google_health.questions import AccountPart, Points
from healthrelay.core.json import Raw
from healthrelay.core.measurements import units

DEVICES = AccountPart("/pairedDevices", points="pairedDevices")
IDENTITY, PROFILE, SETTINGS = (AccountPart(p) for p in ("/identity", "/profile", "/settings"))
# As each source has them: a state has no days, so that there is no span to reconcile over.
WEIGHTS = Points("weight", "", how="")

_WEIGHT_UNITS = {
    "WEIGHT_UNIT_KILOGRAMS": "METRIC",
    "WEIGHT_UNIT_POUNDS": "en_US",
    "WEIGHT_UNIT_STONE": "en_GB",
}
_DEVICE = {
    "type": "deviceType",
    "deviceVersion": "deviceVersion",
    "battery": "batteryStatus",
    "batteryLevel": "batteryLevel",
    "mac": "macAddress",
    "features": "features",
}


def devices(answers: Answers) -> list[Element]:
    """``get_devices``: what is paired; what Google does not say of a device is left out."""
    return [_device(device, answers.zone) for device in answers.of(DEVICES)]


def user(answers: Answers) -> list[Element]:
    """``user_profile_get``: of name, birth and sex Google says nothing.

    Lengths and weight are in the household's units, ``weightUnit`` is what the wearer chose
    for the app.
    """
    (identity,), (profile,), (settings,) = (
        answers.of(part) for part in (IDENTITY, PROFILE, SETTINGS)
    )
    members = {
        "encodedId": identity.get("legacyUserId"),
        "age": profile.get("age"),
        "memberSince": _day(profile.get("membershipStartDate")),
        "timezone": settings.get("timeZone"),
        "offsetFromUTCMillis": _milliseconds(settings.get("utcOffset")),
        "locale": settings.get("languageLocale"),
        "weightUnit": _WEIGHT_UNITS.get(settings.get("weightUnit", "")),
        "height": _length(newest_height(answers), answers.system),
        "weight": _weight(answers),
        "strideLengthWalking": _length(profile.get("autoWalkingStrideLengthMm"), answers.system),
        "strideLengthRunning": _length(profile.get("autoRunningStrideLengthMm"), answers.system),
    }
    return [{name: value for name, value in members.items() if value is not None}]


def _device(device: Raw, zone: str | None) -> Element:
    element: Element = {"id": device["name"].rpartition("/")[2]}
    element |= {name: device[google] for name, google in _DEVICE.items() if google in device}
    if synced := device.get("lastSyncTime"):
        at = local(datetime.fromisoformat(synced), None, zone)
        element["lastSyncTime"] = at.isoformat(timespec="milliseconds")
    return element


def _weight(answers: Answers) -> int | float | None:
    weights = samples_of(answers, WEIGHTS, "weightGrams")
    return units.number(units.mass(weights[-1].value, answers.system)) if weights else None


def _length(millimetres: object, system: str) -> int | float | None:
    if millimetres is None:
        return None
    return units.number(units.length(units.exact(millimetres), system))


def _day(day: Mapping[str, Any] | None) -> str | None:
    return date(day["year"], day["month"], day["day"]).isoformat() if day else None


def _milliseconds(offset: str | None) -> int | None:
    return None if offset is None else int(duration(offset).total_seconds() * 1000)


ROWS: dict[str, Row] = {
    "devices": Row((DEVICES,), devices),
    "user": Row((IDENTITY, PROFILE, SETTINGS, HEIGHT, WEIGHTS), user),
}
