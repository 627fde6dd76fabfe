"""The data points of the heart: samples, time and calories in zones, and daily figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sandbox.google.points import DERIVED, TRACKER, Period, Point
from sandbox.heart import Heart, Zone
from sandbox.wearer import Wearer

_WRIST = {"sensorLocation": "WRIST"}
_MINUTE = timedelta(minutes=1)
# When the hours in zones begin: the quick ones towards the evening.
_HOURS = {"LIGHT": 0, "MODERATE": 18, "VIGOROUS": 19, "PEAK": 20}
_AZM_ZONES = {"MODERATE": "FAT_BURN", "VIGOROUS": "CARDIO", "PEAK": "PEAK"}


def rates(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Yield the heart rate, nearly every minute."""
    for day in wearer.hearts:
        if day in period:
            for beat in wearer.beats(day):
                yield Point(
                    start=beat.at,
                    source=TRACKER,
                    value={
                        "beatsPerMinute": str(beat.bpm),
                        "metadata": {"sensorLocation": "WRIST"},
                    },
                    amount=Decimal(beat.bpm),
                )


def time_in_zone(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Yield a stretch in each zone."""
    for day, zone in _zones(wearer, period):
        if zone.seconds:
            start = _begin(wearer, day, zone.kind)
            yield Point(
                start=start,
                end=start + timedelta(seconds=zone.seconds),
                source=DERIVED,
                value={"heartRateZoneType": zone.kind},
                amount=Decimal(zone.seconds),
                part=zone.kind,
            )


def calories_in_zone(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Yield what was burned in each zone."""
    for day, zone in _zones(wearer, period):
        if zone.seconds:
            start = _begin(wearer, day, zone.kind)
            yield Point(start=start, source=DERIVED, value={}, amount=zone.kcal, part=zone.kind)


def active_zone_minutes(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Each minute in the three upper zones, with the one or two that it earns."""
    for day, zone in _zones(wearer, period):
        minutes = zone.seconds // 60 if zone.active_zone_minutes else 0
        start = _begin(wearer, day, zone.kind)
        for minute in range(minutes):
            at = start + minute * _MINUTE
            earned = zone.active_zone_minutes // minutes
            name = _AZM_ZONES[zone.kind]
            yield Point(
                start=at,
                end=at + _MINUTE,
                source=DERIVED,
                value={"heartRateZone": name, "activeZoneMinutes": str(earned)},
                amount=Decimal(earned),
                part=name,
            )


def resting(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Yield the day's resting heart rate."""
    for day, heart in _hearts(wearer, period):
        if heart.resting is not None:
            value = {
                "beatsPerMinute": str(heart.resting),
                "dailyRestingHeartRateMetadata": {"calculationMethod": "WITH_SLEEP"},
            }
            yield Point(start=_midnight(wearer, day), source=DERIVED, value=value)


def zones(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Yield the bounds of the day's zones."""
    for day, heart in _hearts(wearer, period):
        bounds = [
            {
                "heartRateZoneType": zone.kind,
                "minBeatsPerMinute": str(zone.low),
                "maxBeatsPerMinute": str(zone.high),
            }
            for zone in heart.zones
        ]
        if bounds:
            start = _midnight(wearer, day)
            yield Point(start=start, source=DERIVED, value={"heartRateZones": bounds})


def _hearts(wearer: Wearer, period: Period) -> Iterator[tuple[date, Heart]]:
    return ((day, heart) for day, heart in wearer.hearts.items() if day in period)


def _zones(wearer: Wearer, period: Period) -> Iterator[tuple[date, Zone]]:
    return ((day, zone) for day, heart in _hearts(wearer, period) for zone in heart.zones)


def _begin(wearer: Wearer, day: date, kind: str) -> datetime:
    return wearer.instant(datetime.combine(day, time(_HOURS[kind])))


def _midnight(wearer: Wearer, day: date) -> datetime:
    return wearer.instant(datetime.combine(day, time()))
