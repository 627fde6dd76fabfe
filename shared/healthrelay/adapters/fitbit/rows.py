"""The whole table: how each series comes out of what python-fitbit is answered.

The answers are our shape already, but for two things. One object that stands for a day gets
the ``date`` in front. And the server writes values for days on which nothing was measured:
zeros, the calories of somebody lying still, a day that was sedentary throughout. Google leaves
such days out. A zero by itself may be true, so companions decide:

- a total of a day counts when there were steps; no minutes of activity at all count only with
  sedentary ones: a phone alone counts steps but knows no such minutes;
- sleep counts when there was time in bed;
- floors, elevation, food and water count when they are not zero themselves: a tracker without
  an altimeter says zero all its life, and Google has no floors of a day without stairs.

What cannot be read is set aside and counted (`rule.read_each`), and spoils nothing else.
"""

import math
from collections.abc import Callable
from typing import Any

from healthrelay.adapters.fitbit.calls import CALLS, POINTS, SLEEP, TOTALS
from healthrelay.adapters.fitbit.rule import Element, Elements, Rule, read_each, whole_part
from healthrelay.core.json import Json, Raw
from healthrelay.core.measurements.catalogue import SERIES

ACTIVITIES, TRACKER, IN_BED = "activities-", "activities-tracker-", "sleep-timeInBed"


def _entries(member: str) -> Elements:
    """Return the log of a day; an entry that does not name its day gets it."""
    return lambda part: read_each(part[member], lambda entry: {"date": part["date"], **entry})


def _dated_entries(member: str) -> Elements:
    """Return the log of a day whose entries name the day themselves."""
    return lambda part: read_each(part[member], dict)


def _summary(counts: Callable[[Raw], Any]) -> Elements:
    """Return the ``summary`` of a day that *counts*."""
    return lambda part: [{"date": part["date"], **part["summary"]}] if counts(part) else []


def _food_summary(part: Raw) -> list[Element | None]:
    """Of a day with food; a day's water is in it too, where there was any."""
    known = {name: value for name, value in part["summary"].items() if name != "water" or value}
    return [{"date": part["date"], **known}] if part["foods"] else []


def _body(part: Raw) -> list[Element | None]:
    """Return what was measured: girths that nobody took are zeros."""
    known = {name: value for name, value in part["body"].items() if value}
    return [{"date": part["date"], **known}] if known else []


def _device(part: Raw) -> list[Element | None]:
    """Return the device; an empty list of features says nothing."""
    return [{name: value for name, value in part.items() if value != []}]


def _friend(part: Raw) -> list[Element | None]:
    """Who it is stands inside ``user``."""
    return [{"encodedId": part["user"]["encodedId"], **part}]


def _heart(part: Raw) -> list[Element | None]:
    """Return the day, unless it has neither a resting rate nor any minute in its zones."""
    value = part["value"]
    spent = sum(zone.get("minutes", 0) for zone in value["heartRateZones"])
    return [dict(part)] if spent or "restingHeartRate" in value else []


def _zone_minutes(part: Raw) -> list[Element | None]:
    """Google has no minutes of zero in sum."""
    return [dict(part)] if part["value"]["activeZoneMinutes"] else []


def _points(part: Raw) -> list[Element | None]:
    """Return the minutes in which there was something; the server fills in all the others."""
    read = read_each(part["dataset"], _point)
    points: list[Json] = [dict(point) for point in read if point and point["value"]]
    odd: list[Element | None] = [None for point in read if point is None]
    element: Element = {"dateTime": part["dateTime"], "dataset": points}
    element |= {name: part[name] for name in ("datasetInterval", "datasetType")}
    return [element, *odd] if points else odd


def _point(point: Raw) -> Element:
    value = point["value"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("a value that is no number")
    return {"time": str(point["time"]), "value": value}


def _total(prefix: str, name: str) -> Rule:
    for_zero = (f"{prefix}minutesSedentary",) if name.startswith("minutes") else ()
    return Rule(f"{prefix}{name}", whole_part, _company(prefix, name), for_zero)


def _company(prefix: str, name: str) -> tuple[str, ...]:
    if name in ("floors", "elevation"):
        return (f"{prefix}{name}",)
    return (f"{prefix}steps",)


def _intraday(name: str) -> Rule:
    # A heart has no zeros to be filled in.
    company = () if name == "heart" else _company(ACTIVITIES, name)
    return Rule(f"points of {name}", _points, company, detailed=True)


ROWS: dict[str, Rule] = {
    # A call that has a series' own name brings its elements as they are, unless a row says more.
    **{name: Rule(name) for name in CALLS if name in SERIES},
    **{f"{ACTIVITIES}{name}": _total(ACTIVITIES, name) for name in (*TOTALS, "caloriesBMR")},
    **{f"{TRACKER}{name}": _total(TRACKER, name) for name in TOTALS},
    "devices": Rule("devices", _device),
    "friends": Rule("friends", _friend),
    "body": Rule("day of body", _body),
    "activities-heart": Rule("activities-heart", _heart),
    "activities-active-zone-minutes": Rule("activities-active-zone-minutes", _zone_minutes),
    "activities": Rule("day of activities", _dated_entries("activities")),
    "activities-summary": Rule(
        "day of activities", _summary(lambda part: part["summary"]["steps"])
    ),
    **{f"activities-{name}-intraday": _intraday(name) for name in POINTS},
    "sleep": Rule("day of sleep", _dated_entries("sleep")),
    "sleep-summary": Rule("day of sleep", _summary(lambda part: part["sleep"])),
    **{f"sleep-{name}": Rule(f"sleep-{name}", whole_part, (IN_BED,)) for name in SLEEP},
    "foods": Rule("day of foods_log", _dated_entries("foods")),
    "foods-summary": Rule("day of foods_log", _food_summary),
    "water": Rule("day of foods_log_water", _entries("water")),
    "water-summary": Rule(
        "day of foods_log_water", _summary(lambda part: part["summary"]["water"])
    ),
    **{
        name: Rule(name, whole_part, (name,))
        for name in ("foods-log-caloriesIn", "foods-log-water")
    },
}

ABSENT: dict[str, str] = {
    "glucose": "blood glucose, a log that Fitbit closed in 2015",
    "hrv": "heart rate variability",
    "spo2": "blood oxygen",
    "br": "the breathing rate",
    "tempSkin": "the temperature of the skin",
    "cardioScore": "cardio fitness",
    "vo2Max": "samples of the maximal oxygen uptake",
    "runVo2Max": "the maximal oxygen uptake of runs",
    "activeMinutes": "active minutes by light, moderate and vigorous activity",
    "sedentaryPeriods": "periods of sitting still",
    "basalEnergy": "basal energy as it was measured",
}
"""Series → what python-fitbit has no method for, in a person's words."""
