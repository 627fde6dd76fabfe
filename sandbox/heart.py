"""The heart: a day's resting rate, zones, and a rate for nearly every minute."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

_DAY = 1440
# Every eleventh minute or so the sensor loses the skin.
_LOST = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A heart rate zone on one day: LIGHT, MODERATE, VIGOROUS or PEAK."""

    kind: str
    low: int
    high: int
    seconds: int
    kcal: Decimal

    @property
    def active_zone_minutes(self) -> int:
        """What the zone earns: nothing, one, or two for each full minute."""
        return {"LIGHT": 0, "MODERATE": 1}.get(self.kind, 2) * (self.seconds // 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heart:
    """One day's heart. *pulse* is where the rate swings from; without it there are no samples."""

    resting: int | None
    zones: tuple[Zone, ...]
    pulse: int | None = None

    def zone(self, kind: str) -> Zone | None:
        """Return the zone of that name."""
        return next((zone for zone in self.zones if zone.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Beat:
    """One sample of the heart rate."""

    at: datetime
    bpm: int


def beats(heart: Heart, midnight: datetime, zone: ZoneInfo) -> Iterator[Beat]:
    """Return the samples of the day that began at *midnight*, at most one a minute."""
    number = midnight.toordinal()
    for minute in range(_DAY if heart.pulse is not None else 0):
        if (minute * 7919 + number) % _LOST:
            seconds = minute * 60 + (minute * 13) % 60
            at = local(midnight + timedelta(seconds=seconds), zone)
            # The autumn day is longer than a day, the spring day shorter; the next has its own.
            if at.toordinal() == number:
                yield Beat(at, _rate(heart.pulse or 0, minute, number))


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """*at* as a clock in *zone* shows it, with the offset then in force."""
    there = at.astimezone(UTC).astimezone(zone)
    return there.astimezone(timezone(there.utcoffset() or timedelta()))


def _rate(pulse: int, minute: int, number: int) -> int:
    effort = max(0.0, math.sin(math.pi * (minute - 420) / 900))
    return pulse + round(30 * effort) + (minute * 37 + number * 11) % 9
