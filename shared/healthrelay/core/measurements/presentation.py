"""Records as they are given out: in the units of the household.

Stored values are metric. A record without an origin was stored by an earlier version, in the
system that was set then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Union

from healthrelay.core.measurements.catalogue import METRIC, SERIES, Kind
from healthrelay.core.measurements.units import DIMENSIONS, convert, exact, number, text

if TYPE_CHECKING:
    from healthrelay.core.json import Json
    from healthrelay.core.measurements.records import Record


class Measure(NamedTuple):
    """A value with a unit: a number, or a text with one, which stays a text."""

    dimension: str
    places: int | None = None
    """Its decimals if they are others than the unit's."""


Members = Mapping[str, Union[Measure, "Members"]]
"""Member → its measure, or those of its own members; each item of a list has them."""

MASS, DISTANCE, HEIGHT, LENGTH, VOLUME = map(
    Measure, ("mass", "distance", "height", "length", "volume")
)
# As the legacy API writes them beside other figures.
_WAY, _CLIMB = DISTANCE._replace(places=2), HEIGHT._replace(places=2)

_GIRTHS = ("bicep", "calf", "chest", "forearm", "hips", "neck", "thigh", "waist")
_PART: Members = {"distance": _WAY, "elevationGain": HEIGHT}
_PERSON: Members = {
    "height": LENGTH,
    "strideLengthRunning": LENGTH,
    "strideLengthWalking": LENGTH,
    "weight": MASS,
}
_BEST: Members = {"distance": {"value": _WAY}}
_WATER: Members = {"water": VOLUME}

_NESTED: dict[str, Members] = {
    "body": {"weight": MASS, **dict.fromkeys(_GIRTHS, LENGTH)},
    "activities": {**_PART, "laps": _PART, "splits": _PART},
    "activities-summary": {"distances": {"distance": _WAY}, "elevation": _CLIMB},
    "foods-summary": _WATER,
    "water-summary": _WATER,
    "tempSkin": {"value": {"nightlyRelative": Measure("warmth")}},
    "user": _PERSON,
    "friends": {"user": _PERSON},
    **{f"{kind}-activities": {"distance": _WAY} for kind in ("recent", "favorite", "frequent")},
    "activity-stats": {
        "best": {"total": _BEST, "tracker": _BEST},
        "lifetime": {"total": {"distance": _WAY}, "tracker": {"distance": _WAY}},
    },
    # What is to be lost in a week.
    "body-weight-goal": {"startWeight": MASS, "weight": MASS, "weightThreshold": MASS},
    "activities-daily-goal": {"distance": _WAY},
    "activities-weekly-goal": {"distance": _WAY},
    "water-goal": {"goal": VOLUME},
}


def _main_members() -> dict[str, Members]:
    """Return the member that the catalogue names, of each series with a unit of a system."""
    return {
        row.name: {"dataset": {"value": Measure(row.unit)}}
        if row.kind is Kind.INTRADAY
        else {row.value: Measure(row.unit)}
        for row in SERIES.values()
        if row.unit in DIMENSIONS
    }


MEMBERS: dict[str, Members] = {**_main_members(), **_NESTED}
"""Series → its members that follow the unit system."""


def present(record: Record, system: str, units_before: str = "") -> Mapping[str, Json]:
    """Return the data of *record* in the units of *system*.

    *units_before* is the system of a record without an origin; empty for *system* itself.
    """
    given = METRIC if record.origin else units_before or system
    members = MEMBERS.get(record.series)
    if members is None or given == system:
        return record.data
    return _convert_members(record.data, members, given, system)


def _convert_members(
    data: Mapping[str, Json], members: Members, given: str, wanted: str
) -> dict[str, Json]:
    return {
        name: _convert(value, members[name], given, wanted) if name in members else value
        for name, value in data.items()
    }


def _convert(value: Json, measure: Measure | Members, given: str, wanted: str) -> Json:
    if isinstance(value, list):
        return [_convert(item, measure, given, wanted) for item in value]
    if isinstance(measure, Measure):
        return _convert_value(value, measure, given, wanted)
    return _convert_members(value, measure, given, wanted) if isinstance(value, dict) else value


def _convert_value(value: Json, measure: Measure, given: str, wanted: str) -> Json:
    """Return *value* in the other unit; as it is if it is no number or stays the same."""
    try:
        before = exact(value)
        after = convert(before, measure.dimension, given, wanted, measure.places)
    except (TypeError, ValueError, ArithmeticError):
        return value
    if after == before:
        return value
    return text(after) if isinstance(value, str) else number(after)
