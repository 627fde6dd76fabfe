"""What is true of the wearer now: their devices and their profile."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from healthrelay.adapters.google_health.body import HEIGHT, newest_height
from healthrelay.adapters.google_health.points import (
    Answers,
    Element,
    Row,
    duration,
    instant_of,
    local,
    number,
    samples_of,
    text,
)
from healthrelay.adapters.google_health.questions import AccountPart, Points
from healthrelay.core.json import Json, Raw
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
_USER = (
    "encodedId",
    "age",
    "memberSince",
    "timezone",
    "offsetFromUTCMillis",
    "locale",
    "weightUnit",
    "height",
    "weight",
    "strideLengthWalking",
    "strideLengthRunning",
)
"""The members of a profile, in Fitbit's order."""
_DEVICE = {
    "type": "deviceType",
    "deviceVersion": "deviceVersion",
    "battery": "batteryStatus",
    "mac": "macAddress",
}


def devices(answers: Answers) -> list[Element]:
    """``get_devices``: what is paired; what Google does not say of a device is left out."""
    return answers.each(DEVICES, lambda device: _device(device, answers.zone))


def user(answers: Answers) -> list[Element]:
    """``user_profile_get``: of name, birth and sex Google says nothing.

    ``weightUnit`` is what the wearer chose for the app.
    """
    parts: list[Element] = [
        *answers.each(IDENTITY, _identity),
        *answers.each(PROFILE, _profile),
        *answers.each(SETTINGS, _settings),
        {"height": _height(answers), "weight": _weight(answers)},
    ]
    members = {name: value for part in parts for name, value in part.items() if value is not None}
    return [{name: members[name] for name in _USER if name in members}]


def _identity(identity: Raw) -> Element:
    return {"encodedId": text(identity, "legacyUserId")}


def _profile(profile: Raw) -> Element:
    return {
        "age": _number(profile, "age"),
        "memberSince": _day(profile.get("membershipStartDate")),
        "strideLengthWalking": _length(profile, "autoWalkingStrideLengthMm"),
        "strideLengthRunning": _length(profile, "autoRunningStrideLengthMm"),
    }


def _settings(settings: Raw) -> Element:
    return {
        "timezone": text(settings, "timeZone"),
        "offsetFromUTCMillis": _milliseconds(text(settings, "utcOffset")),
        "locale": text(settings, "languageLocale"),
        "weightUnit": _WEIGHT_UNITS.get(text(settings, "weightUnit") or ""),
    }


def _device(device: Raw, zone: str | None) -> Element:
    element: Element = {"id": device["name"].rpartition("/")[2]}
    known: Element = {name: text(device, google) for name, google in _DEVICE.items()}
    known |= {"batteryLevel": _number(device, "batteryLevel"), "features": _features(device)}
    element |= {name: value for name, value in known.items() if value is not None}
    if synced := text(device, "lastSyncTime"):
        at = local(instant_of(synced), None, zone)
        element["lastSyncTime"] = at.isoformat(timespec="milliseconds")
    return element


def _features(device: Raw) -> list[Json] | None:
    features = device.get("features")
    if not isinstance(features, list | None):
        raise TypeError("features that are no list")
    return features and [feature for feature in features if isinstance(feature, str) and feature]


def _number(part: Raw, member: str) -> int | float | None:
    known = number(part, member) if member in part else None
    return None if known is None else units.number(known)


def _weight(answers: Answers) -> int | float | None:
    weights = samples_of(answers, WEIGHTS, "weightGrams")
    return units.number(units.kilograms(weights[-1].value)) if weights else None


def _height(answers: Answers) -> int | float | None:
    height = newest_height(answers)
    return None if height is None else units.number(units.centimetres(height))


def _length(part: Raw, member: str) -> int | float | None:
    millimetres = number(part, member) if member in part else None
    return None if millimetres is None else units.number(units.centimetres(millimetres))


def _day(day: Mapping[str, Any] | None) -> str | None:
    """Return a date; None for one that is only a year, or a year and a month."""
    if not day or not all(day.get(part) for part in ("year", "month", "day")):
        return None
    return date(day["year"], day["month"], day["day"]).isoformat()


def _milliseconds(offset: str | None) -> int | None:
    return None if offset is None else int(duration(offset).total_seconds() * 1000)


ROWS: dict[str, Row] = {
    "devices": Row((DEVICES,), devices),
    "user": Row((IDENTITY, PROFILE, SETTINGS, HEIGHT, WEIGHTS), user),
}
