"""One point that deviates costs nothing of another day, and makes nothing up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from healthrelay.adapters.google_health.points import json_name
from healthrelay.adapters.google_health.questions import AccountPart
from healthrelay.adapters.google_health.rows import QUESTIONS, ROWS
from healthrelay.core.measurements.catalogue import SERIES
from tests.adapters.google_health.described import check
from tests.adapters.google_health.deviating import (
    NEW_KIND,
    Deviation,
    deviate,
    make_value,
    other_members,
    schema_of,
)
from tests.adapters.google_health.moving import set_aside

GOOD, ODD = 3, 5
ODD_DAY = "2026-11-05"
MIN_TRIALS = 645
ESTIMATED = "efficiency"
"""Of the time in bed instead, where nobody knows how long the wearer was awake."""
_POINTS = {
    ":dailyRollUp": "DailyRollupDataPoint",
    ":rollUp": "RollupDataPoint",
    ":reconcile": "ReconciledDataPoint",
    "": "DataPoint",
}
_PARTS = {
    "/pairedDevices": "PairedDevice",
    "/identity": "Identity",
    "/profile": "Profile",
    "/settings": "Settings",
}


class Source(NamedTuple):
    """One source, a good point of it on each of two days, and what its members are."""

    name: str
    good: dict[str, Any]
    other: dict[str, Any]
    schemas: dict[str, Any]
    others: list[str]
    """The members that a point of another type has."""

    def deviations(self) -> Iterator[Deviation]:
        yield from deviate(self.other, self.schemas)
        kind = next((name for name in self.other if name in self.schemas), "")
        if self.others:
            yield from other_members(self.other, kind, self.others)


def source_of(name: str) -> Source:
    if part := _PARTS.get(name):
        schemas = schema_of(part)["properties"]
        return Source(name, *(make_value({"$ref": part}, day) for day in (GOOD, ODD)), schemas, [])
    how = next(how for how in _POINTS if how in name)
    described = schema_of(_POINTS[how])["properties"]
    kind = json_name(QUESTIONS[name])
    good, other = (point_of(described, kind, how, day) for day in (GOOD, ODD))
    return Source(name, good, other, {kind: described[kind]}, ["weight", "steps", "brandNewKind"])


def point_of(described: dict[str, Any], kind: str, how: str, day: int) -> dict[str, Any]:
    value = make_value(described[kind], day, kind)
    named = "dataPointName" if how else "name"
    times: dict[str, Any] = {named: f"users/1/dataTypes/x/dataPoints/{day}"}
    if how == ":dailyRollUp":
        times = {
            "civilStartTime": {"date": {"year": 2026, "month": 11, "day": day}, "time": {}},
            "civilEndTime": {"date": {"year": 2026, "month": 11, "day": day + 1}, "time": {}},
        }
    elif how == ":rollUp":
        times = {
            f"{end}Time": f"2026-11-{day:02}T06:3{n}:00Z" for n, end in enumerate(("start", "end"))
        }
    return {**times, kind: value}


# A family of sources is read in the same way as all of them.
READ = [name for name in QUESTIONS if " of " not in name]
SOURCES = {name: source_of(name) for name in QUESTIONS}
USERS = {
    name: [series for series, row in ROWS.items() if QUESTIONS[name] in (*row.needs, *row.fine)]
    for name in QUESTIONS
}


def converted(series: str, changed: str = "", *points: Any) -> Any:
    """Return what becomes of two good days, where the source *changed* has other *points*."""
    row = ROWS[series]
    fine = QUESTIONS.get(changed) in row.fine
    raw: dict[str, list[Any]] = {}
    for question in row.fine if fine else row.needs:
        source = SOURCES[question.source.name]
        state = isinstance(question, AccountPart) and not question.points
        raw[source.name] = [source.other] if state else [source.good, source.other]
    if changed:
        raw[changed] = list(points)
    return set_aside(series, raw, detail="1sec" if fine else "")


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_good_points_are_such_as_google_describes(name: str) -> None:
    source = SOURCES[name]

    check({name: [source.good, source.other]})
    for series in USERS[name]:
        result = converted(series)
        assert result.odd == {}
        assert result.elements


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, (*path, name))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            named = member.get("name", place) if isinstance(member, dict) else place
            yield from leaves(member, (*path, named))
    else:
        yield path, value


def of_odd_day(elements: Any, series: str) -> list[Any]:
    day = SERIES[series].day
    return [e for e in elements if not day or str(e[day])[:10] == ODD_DAY]


def figures(elements: Any, series: str) -> dict[tuple[Any, ...], float]:
    """Return the numbers of the odd day, those in texts too, by where they stand."""
    return {
        path: number
        for place, element in enumerate(of_odd_day(elements, series))
        for path, leaf in leaves(element, (place,))
        if (number := as_number(leaf)) is not None
    }


def as_number(leaf: Any) -> float | None:
    if isinstance(leaf, bool):
        return None
    try:
        return float(leaf)
    except (TypeError, ValueError):
        return None


def invented(elements: Any, usual: Any, series: str, deviation: Deviation) -> list[Any]:
    """Return the numbers that *elements* have of the odd day and the *usual* point has not.

    What Google leaves out is a zero, and what follows from it is another number. What it says of
    a kind that is new may be handed on under that name.
    """
    known = figures(usual, series)
    left_out = deviation.name in ("absent", "empty object")
    return [
        (path, number)
        for path, number in figures(elements, series).items()
        if number != known.get(path)
        and not {NEW_KIND.lower(), ESTIMATED}.intersection(path)
        and not (left_out and number >= 0)
    ]


@pytest.mark.parametrize("name", READ)
def test_one_deviating_member_loses_no_good_day_and_invents_nothing(name: str) -> None:
    source = SOURCES[name]
    for series in {USERS[name][0], USERS[name][-1]}:
        state = name in _PARTS and name != "/pairedDevices"
        kept = converted(series, name, *([] if state else [source.good])).elements
        usual = converted(series, name, *([] if state else [source.good]), source.other).elements
        for deviation in source.deviations():
            points = [deviation.point] if state else [source.good, deviation.point]
            result = converted(series, name, *points)
            where = (series, deviation.name, deviation.path)
            days = [e for e in kept if e not in of_odd_day(kept, series)]
            assert all(e in result.elements for e in days), where
            assert invented(result.elements, usual, series, deviation) == [], where
            text = json.dumps(result.elements, default=float)
            assert "NaN" not in text, where
            assert "Infinity" not in text, where


def test_there_are_as_many_trials_as_members() -> None:
    trials = sum(len(list(SOURCES[name].deviations())) for name in READ)

    assert trials >= MIN_TRIALS
