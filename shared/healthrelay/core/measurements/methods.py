"""The reading methods a caller may name, what each takes, and which series each gives.

The names are those of ``fitbit.Fitbit``, the package that the old plugin exposed. What is
not in this table, above all everything that writes, does not exist for a caller.
"""

from collections.abc import Iterator
from typing import NamedTuple

from healthrelay.core.errors import BadRequest, Unsupported
from healthrelay.core.measurements.catalogue import SERIES, Kind

DATES = frozenset({"base_date", "period", "end_date"})
DAY = DATES | {"date"}
DETAILS = ("1min", "15min", "1sec")

DEFAULT_METHOD = "get_bodyweight"

Resources = dict[str, tuple[str, ...]]


class Method(NamedTuple):
    """One reading method. With *resources*, the series are those that its resource names."""

    name: str
    series: tuple[str, ...] = ()
    resources: Resources | None = None
    arguments: frozenset[str] = DATES
    period: str = "1m"
    """What is read when nobody names dates."""

    def gives(self, resource: str | None) -> tuple[str, ...]:
        if self.resources is None:
            return self.series
        if not resource:
            example = next(iter(self.resources))
            raise BadRequest(f"{self.name} needs a resource, such as {example}.")
        if resource not in self.resources:
            known = ", ".join(self.resources)
            raise BadRequest(f"{self.name} has no such resource; {known} are.")
        return self.resources[resource]


def _resource(series: str) -> str:
    """``body/weight`` for ``body-weight``: the legacy path turned into the legacy key."""
    for root in ("activities-tracker-", "foods-log-", "activities-", "body-", "sleep-"):
        if series.startswith(root):
            return root.replace("-", "/") + series.removeprefix(root)
    return {"tempSkin": "temp/skin", "cardioScore": "cardioscore"}.get(series, series)


def _time_series() -> Resources:
    daily = (row for row in SERIES.values() if row.kind is Kind.DAILY and row.key == "dateTime")
    return {_resource(row.name): (row.name,) for row in daily}


def _intraday() -> Resources:
    rows = (row.name for row in SERIES.values() if row.kind is Kind.INTRADAY)
    return {_resource(name.removesuffix("-intraday")): (name,) for name in rows}


def _states() -> Iterator[Method]:
    for row in SERIES.values():
        if row.kind is Kind.STATE:
            name = _NAMES.get(row.name) or row.name.replace("-", "_")
            yield Method(name, (row.name,), arguments=frozenset())


_NAMES = {
    "devices": "get_devices",
    "user": "user_profile_get",
    "badges": "get_badges",
    "friends": "get_friends",
    "meals": "get_meals",
}
"""State → its method, where that is not its own name with underscores."""

_ROWS: tuple[Method, ...] = (
    Method("get_bodyweight", ("weight",)),
    Method("get_bodyfat", ("fat",)),
    Method("glucose", ("glucose",), arguments=DAY),
    Method("body", ("body",), arguments=DAY),
    Method("activities", ("activities", "activities-summary"), arguments=DAY),
    Method("sleep", ("sleep", "sleep-summary"), arguments=DAY),
    Method("get_sleep", ("sleep", "sleep-summary"), arguments=DAY),
    Method("foods_log", ("foods", "foods-summary"), arguments=DAY),
    Method("foods_log_water", ("water", "water-summary"), arguments=DAY),
    Method("time_series", resources=_time_series(), arguments=DATES | {"resource"}),
    Method(
        "intraday_time_series",
        resources=_intraday(),
        arguments=DATES | {"resource", "detail_level", "start_time", "end_time"},
        period="1d",
    ),
    *_states(),
)
METHODS: dict[str, Method] = {row.name: row for row in _ROWS}

_UNREAD: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Google Health has no friends, and a ranking of others is no measurement of the wearer",
        ("get_friends_leaderboard",),
    ),
    ("Google Health has no alarms, and Fitbit's are no measurement of the wearer", ("get_alarms",)),
    (
        "Google Health has no catalogue of activities, and activities_list has all of Fitbit's",
        ("activity_detail",),
    ),
    (
        "Google Health has no catalogue of foods to search, only each wearer's own list",
        ("search_foods", "food_detail"),
    ),
    (
        "Google Health has subscriptions of a project only, and no person's are a measurement",
        ("list_subscriptions",),
    ),
    ("Fitbit closed this log in 2015, and Google Health has nothing like it", ("heart", "bp")),
)
UNREAD: dict[str, str] = {name: reason for reason, names in _UNREAD for name in names}
"""python-fitbit's other reading methods, and why they are read from neither provider."""

ARGUMENTS = frozenset[str]().union(*(row.arguments for row in _ROWS))


def method(name: str) -> Method:
    """Return the row of *name*; unknown and writing methods are a `BadRequest` alike.

    Raises `Unsupported` with the reason for a reading method that has lost its meaning.
    """
    if name in UNREAD:
        raise Unsupported(f"{name} cannot be read: {UNREAD[name]}.")
    if name not in METHODS:
        raise BadRequest(f"There is no such reading method; {', '.join(METHODS)} are.")
    return METHODS[name]
