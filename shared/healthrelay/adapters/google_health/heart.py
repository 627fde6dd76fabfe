"""The heart's day: the resting rate, and the time and energy spent in each zone."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from healthrelay.adapters.google_health.activity import amount, rolled
from healthrelay.adapters.google_health.points import (
    MINUTE,
    Answers,
    Element,
    Row,
    civil_day,
    daily,
    duration,
)
from healthrelay.adapters.google_health.questions import (
    SHORT_ROLL_UP_DAYS,
    DailyRollUp,
    Question,
    days,
)
from healthrelay.core.json import Json, Raw
from healthrelay.core.measurements import units

T = TypeVar("T")
RESTING = days("daily-resting-heart-rate")
BOUNDS = days("daily-heart-rate-zones")
SPENT = DailyRollUp("time-in-heart-rate-zone")
BURNED = DailyRollUp("calories-in-heart-rate-zone", days=SHORT_ROLL_UP_DAYS)
NEEDS: tuple[Question, ...] = (RESTING, BOUNDS, SPENT, BURNED)

# In ascending order. Google and Fitbit name the zones apart, and nowhere say which is which.
ZONES = {"LIGHT": "Out of Range", "MODERATE": "Fat Burn", "VIGOROUS": "Cardio", "PEAK": "Peak"}

Zone = Mapping[str, Any]
"""What Google says of one zone."""


class Heart(NamedTuple):
    """What is known of one day. None: Google says nothing of it, which is not a zero."""

    resting: int | None
    bounds: Mapping[str, Element]
    spent: Mapping[str, timedelta | None] | None
    burned: Mapping[str, Decimal | None] | None

    def zones(self) -> list[Json]:
        zones = [(name, self._zone(google)) for google, name in ZONES.items()]
        return [{**zone, "name": name} for name, zone in zones if zone]

    def _zone(self, google: str) -> dict[str, Json]:
        zone: dict[str, Json] = {}
        if self.burned is not None:
            kcal = self.burned.get(google, Decimal(0))
            if kcal is not None:
                zone["caloriesOut"] = units.number(units.rounded(kcal, 2))
        zone |= self.bounds.get(google, {})
        if self.spent is not None:
            time = self.spent.get(google, timedelta())
            if time is not None:
                zone["minutes"] = time // MINUTE
        return zone

    def value(self) -> dict[str, Json]:
        value: dict[str, Json] = {"customHeartRateZones": [], "heartRateZones": self.zones()}
        return value if self.resting is None else {**value, "restingHeartRate": self.resting}


def hearts(answers: Answers) -> dict[str, Heart]:
    """Day → heart, of days on which it was measured: bounds alone follow from a birthday."""
    resting = dict(answers.values(RESTING, _resting))
    bounds = dict(answers.values(BOUNDS, _bounds))
    spent = rolled(answers, SPENT, _spent)
    burned = rolled(answers, BURNED, _burned)
    return {
        day: Heart(resting.get(day), bounds.get(day, {}), spent.get(day), burned.get(day))
        for day in sorted(resting.keys() | spent.keys() | burned.keys())
    }


def heart_days(answers: Answers) -> list[Element]:
    """``activities/heart``."""
    return daily({day: heart.value() for day, heart in hearts(answers).items()})


def _resting(_: Raw, value: Mapping[str, Any]) -> tuple[str, int] | None:
    rate = amount(value, "beatsPerMinute", "date", "dailyRestingHeartRateMetadata")
    # A heart that does not beat is a rate that was not worked out.
    return (civil_day(value), units.integer(rate)) if rate else None


def _bounds(_: Raw, value: Mapping[str, Any]) -> tuple[str, dict[str, Element]]:
    return civil_day(value), _zones(value["heartRateZones"], "heartRateZoneType", _range)


def _spent(value: Mapping[str, Any]) -> dict[str, timedelta | None] | None:
    return _zones(value["timeInHeartRateZones"], "heartRateZone", _length) or None


def _burned(value: Mapping[str, Any]) -> dict[str, Decimal | None] | None:
    return _zones(value["caloriesInHeartRateZones"], "heartRateZone", _energy) or None


def _zones(zones: Iterable[Zone], name: str, read: Callable[[Zone], T]) -> dict[str, T]:
    """Return zone → what *read* makes of it; of a zone that is none of ours nothing is known."""
    return {zone[name]: read(zone) for zone in zones if zone[name] in ZONES}


def _range(zone: Zone) -> Element:
    """Return the bounds that are known. Above the highest zone there may be nothing."""
    names = ("heartRateZoneType", "maxBeatsPerMinute", "minBeatsPerMinute")
    high, low = (amount(zone, name, *names) for name in names[1:])
    bounds: Element = {"max": units.integer(high)} if high else {}
    return bounds if low is None else {**bounds, "min": units.integer(low)}


def _length(zone: Zone) -> timedelta | None:
    if not zone.keys() - {"heartRateZone"}:
        return timedelta()
    return None if zone["duration"] is None else duration(zone["duration"])


def _energy(zone: Zone) -> Decimal | None:
    return amount(zone, "kcal", "heartRateZone")


ROWS: dict[str, Row] = {"activities-heart": Row(NEEDS, heart_days)}
