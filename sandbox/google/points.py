"""From what the wearer measured to data points, before they are put into JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sandbox.decimals import number
from sandbox.google.values import Json
from sandbox.wearer import Day, Wearer, log_id

# A day's activity comes in minutes: one an hour from 8 to 22, each an equal share of the day.
_ACTIVE_HOURS = range(8, 23)
_ONE_MINUTE = timedelta(minutes=1)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The civil days, first and last included, outside of which nothing is wanted."""

    first: date = date.min
    last: date = date.max

    @classmethod
    def around(cls, first: date, last: date) -> Period:
        """A period wide enough for every zone's idea of *first* and *last*."""
        early = max(first.toordinal() - 2, date.min.toordinal())
        late = min(last.toordinal() + 2, date.max.toordinal())
        return cls(first=date.fromordinal(early), last=date.fromordinal(late))


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One data point: its time, its value members, and the amount that roll-ups work on."""

    start: datetime
    end: datetime | None = None
    id: str = ""
    source: Json
    value: Json
    amount: Decimal


Points = Callable[[Wearer, Period], Iterator[Point]]


def weights(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Body weight in grams."""
    for weight in wearer.weights:
        amount = Decimal(weight.grams)
        if period.first <= weight.at.date() <= period.last:
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
        if period.first <= fat.at.date() <= period.last:
            yield Point(
                start=fat.at,
                id=fat.log_id,
                source=BY_HAND if fat.manual else SCALE,
                value={"percentage": number(fat.percent)},
                amount=fat.percent,
            )


def heights(wearer: Wearer, period: Period) -> Iterator[Point]:
    """The one height, entered on the day the wearer joined."""
    if wearer.height_mm and period.first <= wearer.member_since <= period.last:
        civil = datetime.combine(wearer.member_since, time(9))
        yield Point(
            start=wearer.instant(civil),
            id=log_id(civil),
            source=BY_HAND,
            value={"heightMillimeters": str(wearer.height_mm)},
            amount=Decimal(wearer.height_mm),
        )


def minutes(total: Callable[[Day], int | None], member: str, *, text: bool = True) -> Points:
    """Points that share a day's total among a few minutes; *text* for 64-bit integers."""

    def spread(wearer: Wearer, period: Period) -> Iterator[Point]:
        for day, activity in wearer.days.items():
            amount = total(activity)
            if amount is not None and period.first <= day <= period.last:
                for start, share in _shares(wearer, day, amount):
                    yield Point(
                        start=start,
                        end=start + _ONE_MINUTE,
                        source=TRACKER,
                        value={member: str(share) if text else share},
                        amount=Decimal(share),
                    )

    return spread


def _shares(wearer: Wearer, day: date, amount: int) -> Iterator[tuple[datetime, int]]:
    share, rest = divmod(amount, len(_ACTIVE_HOURS))
    for place, hour in enumerate(_ACTIVE_HOURS):
        portion = share + (1 if place < rest else 0)
        # A total of zero is a measurement too: it has one point that says so.
        if portion or (not amount and place == 0):
            yield wearer.instant(datetime.combine(day, time(hour))), portion
