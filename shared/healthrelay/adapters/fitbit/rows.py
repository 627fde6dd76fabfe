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

What cannot be read is set aside and counted (`_read_each`), and spoils nothing else.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from healthrelay.adapters.fitbit.calls import CALLS, POINTS, SLEEP, TOTALS
from healthrelay.core.json import ODD, Json, Raw
from healthrelay.core.measurements.catalogue import SERIES
from healthrelay.core.measurements.methods import DETAILS
from healthrelay.core.measurements.reading import ConvertedSeries, Window

T = TypeVar("T")
Element = dict[str, Json]
Elements = Callable[[Raw], list[Element | None]]
"""The elements in one part of an answer; None stands for one that cannot be read."""

_NO_VALUES = (None, "NaN", "Infinity", "-Infinity")
_DAY_MEMBERS = ("dateTime", "date", "dateOfSleep", "startDate", "logDate")
ACTIVITIES, TRACKER, IN_BED = "activities-", "activities-tracker-", "sleep-timeInBed"


def _read_each(parts: Iterable[Raw], read: Callable[[Raw], T]) -> list[T | None]:
    """Return what *read* makes of each of *parts*; None of one that it cannot read."""
    results: list[T | None] = []
    for part in parts:
        try:
            results.append(read(part))
        except ODD:
            results.append(None)
    return results


def _same(part: Raw) -> list[Element | None]:
    if part.get("value", "") in _NO_VALUES:
        raise ValueError("a value that is none")
    return [dict(part)]


@dataclass(frozen=True, slots=True)
class Rule:
    """One series: where it comes from, and the elements in one part of that source's answer.

    A day counts only where all of the time series *companions* are above zero on it; a zero
    needs those of *for_zero* too. What is *detailed* has a source for each length of its points.
    """

    source: str
    elements: Elements = _same
    companions: tuple[str, ...] = ()
    for_zero: tuple[str, ...] = ()
    detailed: bool = False

    def needs(self, window: Window) -> tuple[str, ...]:
        """Return the names of the sources for *window*, the elements' own first."""
        own = f"{self.source} {window.detail or DETAILS[0]}" if self.detailed else self.source
        return tuple(dict.fromkeys((own, *self.companions, *self.for_zero)))

    def read(self, window: Window, raw: Mapping[str, Sequence[Raw]]) -> ConvertedSeries:
        """Return the elements of the series, from *raw* by source, and what was set aside."""
        odd: Counter[str] = Counter()
        source = self.needs(window)[0]
        elements = _gather(raw[source], self.elements, odd)
        for companion in dict.fromkeys((*self.companions, *self.for_zero)):
            mine = Counter[str]() if companion == source else odd
            days = set(_gather(raw[companion], _active_day, mine))
            # What cannot be read of the series itself may show here alone.
            odd |= mine
            idle = companion in self.companions
            elements = [
                element
                for element in elements
                if not (day := _day_of(element))
                or day in days
                or not (idle or element.get("value") == "0")
            ]
        return ConvertedSeries(elements, odd)


def _gather(
    parts: Sequence[Raw], read: Callable[[Raw], list[T | None]], odd: Counter[str]
) -> list[T]:
    """Return all that *read* makes of *parts*, and count what it cannot read in *odd*, by day."""
    results: list[T] = []
    for part, found in zip(parts, _read_each(parts, read), strict=True):
        for each in [None] if found is None else found:
            if each is None:
                odd[_day_of(part)] += 1
            else:
                results.append(each)
    return results


def _active_day(part: Raw) -> list[str | None]:
    """Return the day of one value of a time series, if that is above zero."""
    return [str(part["dateTime"])] if Decimal(part["value"]) > 0 else []


def _day_of(part: Any) -> str:
    """Return the local day of *part* as ISO text; nothing where it does not say that."""
    members = part if isinstance(part, dict) else {}
    day = next((str(members[name])[:10] for name in _DAY_MEMBERS if members.get(name)), "")
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        return ""


def _entries(member: str) -> Elements:
    """Return the log of a day; an entry that does not name its day gets it."""
    return lambda part: _read_each(part[member], lambda entry: {"date": part["date"], **entry})


def _dated_entries(member: str) -> Elements:
    """Return the log of a day whose entries name the day themselves."""
    return lambda part: _read_each(part[member], dict)


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
    read = _read_each(part["dataset"], _point)
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


def _activity(prefix: str, name: str) -> Rule:
    for_zero = (f"{prefix}minutesSedentary",) if name.startswith("minutes") else ()
    return Rule(f"{prefix}{name}", _same, _company(prefix, name), for_zero)


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
    **{f"{ACTIVITIES}{name}": _activity(ACTIVITIES, name) for name in (*TOTALS, "caloriesBMR")},
    **{f"{TRACKER}{name}": _activity(TRACKER, name) for name in TOTALS},
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
    **{f"sleep-{name}": Rule(f"sleep-{name}", _same, (IN_BED,)) for name in SLEEP},
    "foods": Rule("day of foods_log", _dated_entries("foods")),
    "foods-summary": Rule("day of foods_log", _food_summary),
    "water": Rule("day of foods_log_water", _entries("water")),
    "water-summary": Rule(
        "day of foods_log_water", _summary(lambda part: part["summary"]["water"])
    ),
    **{name: Rule(name, _same, (name,)) for name in ("foods-log-caloriesIn", "foods-log-water")},
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
