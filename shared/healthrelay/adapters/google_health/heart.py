"""The heart's day: the resting rate, and the time and energy spent in each zone."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

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
    Points,
    Question,
    days,
)
from healthrelay.core.json import Json
from healthrelay.core.measurements import units

RESTING = days("daily-resting-heart-rate")
BOUNDS = days("daily-heart-rate-zones")
SPENT = DailyRollUp("time-in-heart-rate-zone")
BURNED = DailyRollUp("calories-in-heart-rate-zone", days=SHORT_ROLL_UP_DAYS)
NEEDS: tuple[Question, ...] = (RESTING, BOUNDS, SPENT, BURNED)

# In ascending order. Google and Fitbit name the zones apart, and nowhere say which is which.
ZONES = {"LIGHT": "Out of Range", "MODERATE": "Fat Burn", "VIGOROUS": "Cardio", "PEAK": "Peak"}

Dated = Iterable[tuple[str, Mapping[str, Any]]]
Zone = Mapping[str, Any]
Zones = Mapping[str, Zone]
"""Google's name of a zone → what Google says of it."""


class Heart(NamedTuple):
    """What is known of one day. None: Google says nothing of it, which is not a zero."""

    resting: int | None
    bounds: Zones
    spent: Zones | None
    burned: Zones | None

    def zones(self) -> list[Json]:
        zones = [(name, self._zone(google)) for google, name in ZONES.items()]
        return [{**zone, "name": name} for name, zone in zones if zone]

    def _zone(self, google: str) -> dict[str, Json]:
        zone: dict[str, Json] = {}
        if self.burned is not None:
            kcal = amount(self.burned.get(google, {}), "kcal", "heartRateZone")
            zone["caloriesOut"] = units.number(units.rounded(kcal, 2))
        if google in self.bounds:
            zone |= _range(self.bounds[google])
        if self.spent is not None:
            zone["minutes"] = _length(self.spent.get(google, {})) // MINUTE
        return zone

    def value(self) -> dict[str, Json]:
        value: dict[str, Json] = {"customHeartRateZones": [], "heartRateZones": self.zones()}
        return value if self.resting is None else {**value, "restingHeartRate": self.resting}


def hearts(answers: Answers) -> dict[str, Heart]:
    """Day → heart, of days on which it was measured: bounds alone follow from a birthday."""
    resting = dict(_resting(answers))
    bounds = _zones(_dated(answers, BOUNDS), "heartRateZones", "heartRateZoneType")
    spent = _zones(rolled(answers, SPENT), "timeInHeartRateZones", "heartRateZone")
    burned = _zones(rolled(answers, BURNED), "caloriesInHeartRateZones", "heartRateZone")
    return {
        day: Heart(resting.get(day), bounds.get(day, {}), spent.get(day), burned.get(day))
        for day in resting.keys() | spent.keys() | burned.keys()
    }


def heart_days(answers: Answers) -> list[Element]:
    """``activities/heart``."""
    return daily({day: heart.value() for day, heart in hearts(answers).items()})


def _resting(answers: Answers) -> Iterator[tuple[str, int]]:
    for day, value in _dated(answers, RESTING):
        rate = amount(value, "beatsPerMinute", "date", "dailyRestingHeartRateMetadata")
        # A heart that does not beat is a rate that was not worked out.
        if rate:
            yield day, int(rate)


def _dated(answers: Answers, question: Points) -> Dated:
    return [(civil_day(value), value) for _, value in answers.values(question)]


def _zones(dated: Dated, member: str, name: str) -> dict[str, Zones]:
    return {day: {zone[name]: zone for zone in value[member]} for day, value in dated}


def _range(zone: Zone) -> dict[str, Json]:
    names = ("heartRateZoneType", "maxBeatsPerMinute", "minBeatsPerMinute")
    high, low = (int(amount(zone, name, *names)) for name in names[1:])
    # Above the highest zone there may be nothing.
    return {"max": high, "min": low} if high else {"min": low}


def _length(zone: Zone) -> timedelta:
    return duration(zone["duration"]) if zone.keys() - {"heartRateZone"} else timedelta()


ROWS: dict[str, Row] = {"activities-heart": Row(NEEDS, heart_days)}
