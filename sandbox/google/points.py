"""Data points before they are put into JSON; and those of the body: weight, fat, height."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from sandbox.decimals import number
from sandbox.google.values import Json
from sandbox.wearer import Wearer, log_id

SCALE: Json = {
    "platform": "FITBIT",
    "recordingMethod": "PASSIVELY_MEASURED",
    "device": {"displayName": "Aria", "formFactor": "SCALE", "manufacturer": "Fitbit"},
}
BY_HAND: Json = {"platform": "FITBIT", "recordingMethod": "MANUAL"}
TRACKER: Json = {
    "platform": "FITBIT",
    "recordingMethod": "PASSIVELY_MEASURED",
    "device": {"displayName": "Charge 6", "formFactor": "FITNESS_BAND", "manufacturer": "Fitbit"},
}
DERIVED: Json = TRACKER | {"recordingMethod": "DERIVED"}
WEARABLE = (TRACKER, DERIVED)
RING: Json = {
    "platform": "HEALTH_CONNECT",
    "recordingMethod": "DERIVED",
    "device": {"displayName": "Ring", "formFactor": "RING", "manufacturer": "Another"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The civil days, first and last included, outside of which nothing is wanted."""

    first: date = date.min
    last: date = date.max

    @classmethod
    def around(cls, first: date, last: date) -> Period:
        """Return a period wide enough for every zone's idea of *first* and *last*."""
        early = max(first.toordinal() - 2, date.min.toordinal())
        late = min(last.toordinal() + 2, date.max.toordinal())
        return cls(first=date.fromordinal(early), last=date.fromordinal(late))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One data point: its time, its value members, and what roll-ups work on.

    *amount* is a number of something; *part* is its kind, where a type has several. One that is
    not *merged* is in the list of all sources alone: another source's has gone before it.
    """

    start: datetime
    end: datetime | None = None
    id: str = ""
    source: Json
    value: Json
    amount: Decimal = Decimal(0)
    part: str = ""
    merged: bool = True


Points = Callable[[Wearer, Period], Iterator[Point]]


def weights(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Body weight in grams."""
    for weight in wearer.weights:
        amount = Decimal(weight.grams)
        if weight.at.date() in period:
            yield Point(
                start=weight.at,
                id=weight.log_id,
                source=BY_HAND if weight.manual else SCALE,
                value={"weightGrams": number(amount)},
                amount=amount,
            )


def fats(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Body fat in percent."""
    for fat in wearer.fats:
        if fat.at.date() in period:
            yield Point(
                start=fat.at,
                id=fat.log_id,
                source=BY_HAND if fat.manual else SCALE,
                value={"percentage": number(fat.percent)},
                amount=fat.percent,
            )


def glucoses(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Blood glucose in mg/dL, before breakfast on days of which anything is known."""
    for day in wearer.days:
        if day in period:
            amount = Decimal(88 + day.toordinal() % 17)
            civil = datetime.combine(day, time(7, 5))
            yield Point(
                start=wearer.instant(civil),
                id=log_id(civil),
                source=BY_HAND,
                value={
                    "bloodGlucoseMilligramsPerDeciliter": number(amount),
                    "measurementTiming": "BEFORE_MEAL",
                },
                amount=amount,
            )


def heights(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Yield the one height, entered on the day the wearer joined."""
    if wearer.height_mm and wearer.member_since in period:
        civil = datetime.combine(wearer.member_since, time(9))
        yield Point(
            start=wearer.instant(civil),
            id=log_id(civil),
            source=BY_HAND,
            value={"heightMillimeters": str(wearer.height_mm)},
            amount=Decimal(wearer.height_mm),
        )
