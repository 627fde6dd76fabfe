"""What the wearer drank, ate and did: the entries of their logs, and what a night was like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

FOOD_UNITS = {
    147: ("gram", "grams"),
    209: ("milliliter", "milliliters"),
    304: ("serving", "servings"),
}
"""Number → name of one, and of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drink:
    """Water."""

    at: datetime
    ml: int
    log_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Food:
    """One thing eaten at a meal (BREAKFAST, LUNCH, DINNER, ANYTIME), in grams."""

    at: datetime
    log_id: str
    name: str
    meal: str
    kcal: int
    fat: Decimal
    carbs: Decimal
    fiber: Decimal
    protein: Decimal
    sodium_mg: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """A walk or a run; *zone_seconds* in the light, moderate, vigorous and peak zone."""

    start: datetime
    end: datetime
    log_id: str
    kind: str
    name: str
    steps: int
    millimeters: int
    kcal: int
    bpm: int
    climbed_mm: int
    active_zone_minutes: int
    zone_seconds: tuple[int, int, int, int]

    @property
    def seconds(self) -> int:
        """How long it lasted."""
        return int((self.end - self.start).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """The figures of a person once a day, mostly from the night; None: not on this day."""

    rmssd: Decimal | None = None
    deep_rmssd: Decimal | None = None
    spo2: tuple[Decimal, Decimal, Decimal] | None = None
    breaths: Decimal | None = None
    celsius: Decimal | None = None
    usual_celsius: Decimal | None = None
    vo2_max: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A paired device.

    *synced* is the time of today of its last contact, or a day and time at home, if known.
    """

    id: str
    kind: str
    version: str
    battery: str
    level: int
    mac: str | None = None
    synced: time | datetime | None = None
    features: tuple[str, ...] = ()

    def last_sync(self, at_home: Callable[[time], datetime]) -> datetime | None:
        """Return when it was in contact last; *at_home* returns a time of today with its zone."""
        if self.synced is None or isinstance(self.synced, time):
            return at_home(self.synced) if self.synced else None
        return self.synced.replace(tzinfo=at_home(time()).tzinfo)


def paired() -> list[Device]:
    """Return a tracker with all details, and a scale with few."""
    return [
        Device(
            id="27072629",
            kind="TRACKER",
            version="Charge 6",
            battery="High",
            level=85,
            mac="02004C4F4B01",
            synced=time(7, 30),
            features=("STEPS",),
        ),
        Device(id="27072630", kind="SCALE", version="Aria", battery="Medium", level=60),
    ]
