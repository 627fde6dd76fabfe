"""The heart of a day as the Web API has it: objects instead of numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.decimals import number
from sandbox.heart import Heart, Zone
from sandbox.wearer import Wearer

_NAMES = {"LIGHT": "Out of Range", "MODERATE": "Fat Burn", "VIGOROUS": "Cardio", "PEAK": "Peak"}
_EARNING = {
    "MODERATE": "fatBurnActiveZoneMinutes",
    "VIGOROUS": "cardioActiveZoneMinutes",
    "PEAK": "peakActiveZoneMinutes",
}
_USUAL = ((30, 104), (104, 131), (131, 163), (163, 220))

# A day without data has zones nevertheless, but neither minutes nor a resting heart rate.
NO_DATA: dict[str, Any] = {
    "customHeartRateZones": [],
    "heartRateZones": [
        {"max": high, "min": low, "name": name}
        for name, (low, high) in zip(_NAMES.values(), _USUAL, strict=True)
    ],
}


def days(wearer: Wearer) -> dict[date, Any]:
    """Zones and resting heart rate of the days that have them."""
    return {day: _value(heart) for day, heart in wearer.hearts.items()}


def zones(heart: Heart | None) -> list[dict[str, Any]]:
    """Return the zones of a day, in ascending order."""
    if heart is None:
        return list(NO_DATA["heartRateZones"])
    return [_zone(zone) for zone in heart.zones]


def zone_minutes(wearer: Wearer) -> dict[date, Any]:
    """Active zone minutes of the days that have any."""
    days = {}
    for day, heart in wearer.hearts.items():
        earned = {z.kind: z.active_zone_minutes for z in heart.zones}
        if sum(earned.values()):
            value = {name: earned.get(kind, 0) for kind, name in _EARNING.items()}
            days[day] = value | {"activeZoneMinutes": sum(earned.values())}
    return days


def _value(heart: Heart) -> dict[str, Any]:
    value: dict[str, Any] = {"customHeartRateZones": [], "heartRateZones": zones(heart)}
    return value if heart.resting is None else value | {"restingHeartRate": heart.resting}


def _zone(zone: Zone) -> dict[str, Any]:
    return {
        "caloriesOut": number(zone.kcal) if zone.seconds else 0,
        "max": zone.high,
        "min": zone.low,
        "minutes": zone.seconds // 60,
        "name": _NAMES[zone.kind],
    }
