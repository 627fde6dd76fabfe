"""What python-fitbit reads: every call is one row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from healthrelay.core.json import Raw
from healthrelay.core.measurements.methods import DETAILS
from healthrelay.core.measurements.reads import Read, Source

Send = Callable[[Any, Read], Any]
Take = Callable[[Any, Read], list[Raw]]

YEARS = 1095
YEAR = 365


@dataclass(frozen=True, slots=True)
class Call:
    """One question, given to a `fitbit.Fitbit`, and what its answer brings.

    *days* is the longest range of one call, as the server has it; without one the answer is
    what is true now. *take* raises `LookupError` or `TypeError` for an answer of another
    shape. Only a *bare* answer is a JSON list.
    """

    send: Send
    take: Take
    days: int | None = None
    bare: bool = False

    def source(self, name: str) -> Source:
        return Source(name, self.days, dated=self.days is not None)


def _list(payload: Any) -> list[Raw]:
    if not isinstance(payload, list):
        raise TypeError("not a list")
    return payload


def _object(payload: Any) -> Mapping[str, Any]:
    if not isinstance(payload, dict):
        raise TypeError("not an object")
    return payload


def _member(name: str) -> Take:
    return lambda payload, _: _list(payload[name])


def _log(method: str, member: str, days: int) -> Call:
    """Entries of several days."""
    return Call(
        lambda api, read: getattr(api, method)(base_date=read.start, end_date=read.end),
        _member(member),
        days,
    )


def _series(resource: str, days: int) -> Call:
    """One value a day."""
    return Call(
        lambda api, read: api.time_series(resource, base_date=read.start, end_date=read.end),
        _member(resource.replace("/", "-")),
        days,
    )


def _day(method: str) -> Call:
    """All that there is of one day, as one object to which we add its ``date``."""
    return Call(
        lambda api, read: getattr(api, method)(date=read.start),
        lambda payload, read: [{**payload, "date": read.start.isoformat()}],
        days=1,
    )


def _intraday(name: str, detail: str) -> Call:
    """Return the points of one day, as one object."""
    resource, member = f"activities/{name}", f"activities-{name}-intraday"
    return Call(
        lambda api, read: api.intraday_time_series(
            resource, base_date=read.start, detail_level=detail
        ),
        lambda payload, read: [{**_object(payload[member]), "dateTime": read.start.isoformat()}],
        days=1,
    )


def _now(method: str, member: str) -> Call:
    """One object; an empty one says nothing."""
    return Call(
        lambda api, _: getattr(api, method)(),
        lambda payload, _: [value] if (value := _object(payload[member])) else [],
    )


def _bare(method: str) -> Call:
    """Return a list by itself."""
    return Call(lambda api, _: getattr(api, method)(), lambda payload, _: _list(payload), bare=True)


def _listed(method: str, member: str) -> Call:
    """Return a list in an object."""
    return Call(lambda api, _: getattr(api, method)(), _member(member))


TOTALS = (
    "steps",
    "distance",
    "floors",
    "elevation",
    "calories",
    "activityCalories",
    "minutesSedentary",
    "minutesLightlyActive",
    "minutesFairlyActive",
    "minutesVeryActive",
)
SLEEP = (
    "startTime",
    "timeInBed",
    "minutesAsleep",
    "minutesAwake",
    "minutesToFallAsleep",
    "minutesAfterWakeup",
    "awakeningsCount",
    "efficiency",
)
POINTS = ("steps", "distance", "floors", "elevation", "calories", "heart")


def _activities() -> dict[str, Call]:
    days = dict.fromkeys(TOTALS, YEARS) | {"activityCalories": 30}
    return {
        f"{root.replace('/', '-')}-{name}": _series(f"{root}/{name}", days[name])
        for root in ("activities", "activities/tracker")
        for name in TOTALS
    }


CALLS: dict[str, Call] = {
    "weight": _log("get_bodyweight", "weight", 31),
    "fat": _log("get_bodyfat", "fat", 30),
    "body-weight": _series("body/weight", 31),
    "body-fat": _series("body/fat", 30),
    "body-bmi": _series("body/bmi", YEARS),
    **_activities(),
    "activities-caloriesBMR": _series("activities/caloriesBMR", YEARS),
    "activities-heart": _series("activities/heart", YEAR),
    "activities-active-zone-minutes": _series("activities/active-zone-minutes", YEARS),
    **{f"sleep-{name}": _series(f"sleep/{name}", 100) for name in SLEEP},
    "foods-log-caloriesIn": _series("foods/log/caloriesIn", YEARS),
    "foods-log-water": _series("foods/log/water", YEARS),
    **{f"day of {name}": _day(name) for name in ("body", "activities", "sleep")},
    **{f"day of {name}": _day(name) for name in ("foods_log", "foods_log_water")},
    **{
        f"points of {name} {detail}": _intraday(name, detail)
        for name in POINTS
        for detail in DETAILS
        if name == "heart" or detail != "1sec"
    },
    "devices": _bare("get_devices"),
    "user": _now("user_profile_get", "user"),
    "badges": _listed("get_badges", "badges"),
    "friends": _listed("get_friends", "friends"),
    "food-units": _bare("food_units"),
    "activities-list": _listed("activities_list", "categories"),
    "recent-activities": _bare("recent_activities"),
    "favorite-activities": _bare("favorite_activities"),
    "frequent-activities": _bare("frequent_activities"),
    "recent-foods": _listed("recent_foods", "foods"),
    "favorite-foods": _bare("favorite_foods"),
    "frequent-foods": _listed("frequent_foods", "foods"),
    "meals": _listed("get_meals", "meals"),
    "activity-stats": Call(
        lambda api, _: api.activity_stats(), lambda payload, _: [payload] if payload else []
    ),
    "body-weight-goal": _now("body_weight_goal", "goal"),
    "body-fat-goal": _now("body_fat_goal", "goal"),
    "activities-daily-goal": _now("activities_daily_goal", "goals"),
    "activities-weekly-goal": _now("activities_weekly_goal", "goals"),
    "food-goal": _now("food_goal", "goals"),
    "water-goal": _now("water_goal", "goal"),
}
"""Source → call. A source that fills one series alone has that series' name."""
