"""Every series we know: its name, natural key, day, unit, label and who has it.

A series is one key of the legacy Fitbit answer and one element name in Igor, e.g.
``body-weight`` in ``{"body-weight": [{"dateTime": "2026-11-01", "value": "82.4"}]}``.
A new measurement is a new row here and one in each provider's table; the methods, and the scopes
of a kind that a provider has already, follow from its name.

Where the legacy answer was one object for one day (``summary``, ``body``), it is a record of a
series of its own, identified by the ``date`` that we put in front of its members.
"""

from datetime import date
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What one record of a series stands for."""

    DAILY = "one value a day"
    LOG = "one entry of a log, several a day"
    INTRADAY = "the points of one day"
    STATE = "what is true now"


GOOGLE, FITBIT = "google_health", "fitbit"
TRACKER, SCALE = "TRACKER", "SCALE"
"""Kinds of devices, as Fitbit calls them; a watch is a tracker."""
_TRACKER, _SCALE = (TRACKER,), (SCALE,)
EPOCH = date(2009, 1, 1)
"""Before the first Fitbit was sold: where the period ``max`` begins, and where a state lies."""
METRIC = "metric"
"""The unit system of what is stored."""
SYSTEMS = (METRIC, "en_US", "en_GB")


class Series(NamedTuple):
    """How the records of one series are identified, ordered and shown."""

    name: str
    label: str
    unit: str = ""
    """``mass``, ``distance`` and the like follow the unit system; others are fixed."""
    kind: Kind = Kind.DAILY
    key: str = "dateTime"
    """The member that identifies a record: equal keys are the same measurement."""
    day: str = "dateTime"
    """The member with the local day, or day and time; nothing for a state."""
    time: str = ""
    """The member with the local time, where the day has none."""
    value: str = "value"
    """The member with the number that people look at; nothing where there is no such one."""
    fed_by: tuple[str, ...] = _TRACKER
    """The kinds of devices that measure it; a day of what people type in has no such end."""
    only: str = ""
    """The provider that alone has it; nothing where both do."""


def _log(  # noqa: PLR0913 - a row of the table below
    name: str,
    label: str,
    unit: str,
    value: str,
    day: str = "date",
    time: str = "time",
    *,
    fed_by: tuple[str, ...] = (),
) -> Series:
    return Series(name, label, unit, Kind.LOG, "logId", day, time, value, fed_by)


def _activity(name: str, label: str, unit: str) -> tuple[Series, ...]:
    """Return the series of an activity, of its tracker alone."""
    return (
        Series(f"activities-{name}", label, unit),
        Series(f"activities-tracker-{name}", f"{label} (tracker)", unit),
    )


def _day(name: str, label: str, fed_by: tuple[str, ...] = _TRACKER) -> Series:
    return Series(name, label, key="date", day="date", value="", fed_by=fed_by)


def _intraday(name: str, label: str, unit: str) -> Series:
    series = f"activities-{name}-intraday"
    return Series(series, f"{label} by the minute", unit, Kind.INTRADAY, value="")


def _sleep(name: str, label: str, unit: str) -> Series:
    return Series(f"sleep-{name}", label, unit)


def _state(name: str, label: str, key: str = "", only: str = "") -> Series:
    return Series(name, label, kind=Kind.STATE, key=key, day="", value="", only=only)


def _fitbit_state(name: str, label: str, key: str = "") -> Series:
    return _state(name, label, key, FITBIT)


def _google_day(name: str, label: str) -> Series:
    return Series(name, label, value="", only=GOOGLE)


_ROWS: tuple[Series, ...] = (
    _log("weight", "Weight log", "mass", "weight", fed_by=_SCALE),
    _log("fat", "Body fat log", "percent", "fat", fed_by=_SCALE),
    _log("glucose", "Blood glucose", "mg/dL", "glucose")._replace(only=GOOGLE),
    _day("body", "Body", _SCALE),
    Series("body-weight", "Weight", "mass", fed_by=_SCALE),
    Series("body-fat", "Body fat", "percent", fed_by=_SCALE),
    Series("body-bmi", "BMI", "kg/m²", fed_by=_SCALE),
    *_activity("steps", "Steps", "steps"),
    *_activity("distance", "Distance", "distance"),
    *_activity("floors", "Floors", "floors"),
    *_activity("elevation", "Elevation", "height"),
    *_activity("calories", "Calories", "kcal"),
    *_activity("activityCalories", "Activity calories", "kcal"),
    Series("activities-caloriesBMR", "Resting calories", "kcal"),
    *_activity("minutesSedentary", "Sedentary", "min"),
    *_activity("minutesLightlyActive", "Lightly active", "min"),
    *_activity("minutesFairlyActive", "Fairly active", "min"),
    *_activity("minutesVeryActive", "Very active", "min"),
    Series("activities-heart", "Heart", value=""),
    Series("activities-active-zone-minutes", "Active zone minutes", value=""),
    _log("activities", "Exercise", "kcal", "calories", "startDate", "startTime", fed_by=_TRACKER),
    _day("activities-summary", "Day's activity"),
    _intraday("steps", "Steps", "steps"),
    _intraday("distance", "Distance", "distance"),
    _intraday("floors", "Floors", "floors"),
    _intraday("elevation", "Elevation", "height"),
    _intraday("calories", "Calories", "kcal"),
    _intraday("heart", "Heart rate", "1/min"),
    Series("sleep", "Sleep", "min", Kind.LOG, "logId", "dateOfSleep", value="minutesAsleep"),
    _day("sleep-summary", "Day's sleep"),
    Series("sleep-startTime", "Asleep at", value=""),
    _sleep("timeInBed", "Time in bed", "min"),
    _sleep("minutesAsleep", "Asleep", "min"),
    _sleep("minutesAwake", "Awake", "min"),
    _sleep("minutesToFallAsleep", "To fall asleep", "min"),
    _sleep("minutesAfterWakeup", "After waking up", "min"),
    _sleep("awakeningsCount", "Awakenings", "times"),
    _sleep("efficiency", "Sleep efficiency", "percent"),
    _log("foods", "Food log", "", "", "logDate", ""),
    _day("foods-summary", "Day's food", ()),
    _log("water", "Water log", "volume", "amount", time=""),
    _day("water-summary", "Day's water", ()),
    Series("foods-log-caloriesIn", "Calories eaten", "kcal", fed_by=()),
    Series("foods-log-water", "Water", "volume", fed_by=()),
    _google_day("hrv", "Heart rate variability"),
    _google_day("spo2", "Blood oxygen"),
    _google_day("br", "Breathing rate"),
    _google_day("tempSkin", "Skin temperature"),
    _google_day("cardioScore", "Cardio fitness"),
    _google_day("vo2Max", "VO₂ max"),
    _google_day("runVo2Max", "VO₂ max of runs"),
    _google_day("activeMinutes", "Active minutes"),
    _google_day("sedentaryPeriods", "Sedentary periods"),
    Series("basalEnergy", "Basal energy", "kcal", only=GOOGLE),
    _state("devices", "Devices", key="id"),
    _state("user", "Profile"),
    _fitbit_state("badges", "Badges", key="encodedId"),
    _fitbit_state("friends", "Friends", key="encodedId"),
    _state("food-units", "Units of food", key="id"),
    _fitbit_state("activities-list", "Catalogue of activities", key="id"),
    _fitbit_state("recent-activities", "Recent activities", key="activityId"),
    _fitbit_state("favorite-activities", "Favourite activities", key="activityId"),
    _fitbit_state("frequent-activities", "Frequent activities", key="activityId"),
    _fitbit_state("recent-foods", "Recent foods", key="foodId"),
    _fitbit_state("favorite-foods", "Favourite foods", key="foodId"),
    _fitbit_state("frequent-foods", "Frequent foods", key="foodId"),
    _fitbit_state("meals", "Meals", key="id"),
    _fitbit_state("activity-stats", "Lifetime"),
    _fitbit_state("body-weight-goal", "Weight goal"),
    _fitbit_state("body-fat-goal", "Body fat goal"),
    _fitbit_state("activities-daily-goal", "Daily goals"),
    _fitbit_state("activities-weekly-goal", "Weekly goals"),
    _fitbit_state("food-goal", "Food goal"),
    _fitbit_state("water-goal", "Water goal"),
)
SERIES: dict[str, Series] = {row.name: row for row in _ROWS}
