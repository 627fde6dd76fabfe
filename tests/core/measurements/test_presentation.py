"""Records as they are given out: all values in the units of the household, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.measurements import units
from healthrelay.core.measurements.catalogue import SERIES
from healthrelay.core.measurements.presentation import MEMBERS, Measure, Members, present
from healthrelay.core.measurements.records import Record
from healthrelay.core.measurements.units import DIMENSIONS
from tests.core.measurements.test_measurements_page import rows

SYSTEMS = ("metric", "en_US", "en_GB")

# By hand: 1 lb = 453.59237 g, 1 st = 14 lb, 1 mi = 1609.344 m, 1 ft = 304.8 mm, 1 in = 25.4 mm,
# 1 fl oz = 29.5735295625 ml, and 1 °F of difference = 5/9 K.
VALUES: list[tuple[str, Any, Any, Any]] = [
    ("weight", {"weight": 82.5, "bmi": 24.7}, {"weight": 181.88, "bmi": 24.7}, {"weight": 12.992}),
    ("body-weight", {"value": "82.5"}, {"value": "181.88"}, {"value": "12.992"}),
    (
        "body",
        {"fat": 20.5, "waist": 91.4, "neck": 38.1, "weight": 63.503},
        {"fat": 20.5, "waist": 36, "neck": 15, "weight": 140},
        {"fat": 20.5, "waist": 91.4, "neck": 38.1, "weight": 10},
    ),
    ("activities-distance", {"value": "1.609344"}, {"value": "1"}, {}),
    ("activities-tracker-distance", {"value": "6.012345"}, {"value": "3.735898"}, {}),
    ("activities-elevation", {"value": "30.48"}, {"value": "100"}, {}),
    ("activities-tracker-elevation", {"value": "3.048"}, {"value": "10"}, {}),
    (
        "activities-distance-intraday",
        {"dataset": [{"time": "08:00:00", "value": 0.052345}], "datasetInterval": 15},
        {"dataset": [{"time": "08:00:00", "value": 0.032526}], "datasetInterval": 15},
        {},
    ),
    (
        "activities-elevation-intraday",
        {"dataset": [{"time": "08:00:00", "value": 3.048}]},
        {"dataset": [{"time": "08:00:00", "value": 10}]},
        {},
    ),
    (
        "activities",
        {
            "calories": 310,
            "distance": 5.01,
            "elevationGain": 30.48,
            "laps": [{"distance": 2.5, "duration": 60_000}],
            "splits": [{"distance": 1.61, "elevationGain": 3.048}, {"distance": 1.61}],
        },
        {
            "calories": 310,
            "distance": 3.11,
            "elevationGain": 100,
            "laps": [{"distance": 1.55, "duration": 60_000}],
            "splits": [{"distance": 1, "elevationGain": 10}, {"distance": 1}],
        },
        {},
    ),
    (
        "activities-summary",
        {"distances": [{"activity": "total", "distance": 6.01}], "elevation": 30.48, "floors": 10},
        {"distances": [{"activity": "total", "distance": 3.73}], "elevation": 100, "floors": 10},
        {},
    ),
    ("water", {"amount": 250, "logId": 7}, {"amount": 8.45, "logId": 7}, {}),
    ("water-summary", {"water": 1850}, {"water": 62.56}, {}),
    ("foods-summary", {"calories": 900, "water": 1850}, {"calories": 900, "water": 62.56}, {}),
    ("foods-log-water", {"value": "1850"}, {"value": "62.56"}, {}),
    ("tempSkin", {"value": {"nightlyRelative": 0.3}}, {"value": {"nightlyRelative": 0.54}}, {}),
    (
        "user",
        {"height": 178, "weight": 71.2, "strideLengthWalking": 74, "strideLengthRunning": 101},
        {
            "height": 70.1,
            "weight": 156.97,
            "strideLengthWalking": 29.1,
            "strideLengthRunning": 39.8,
        },
        {"weight": 11.212},
    ),
    (
        "friends",
        {"user": {"height": 190.5, "weight": 0, "displayName": "A friend"}},
        {"user": {"height": 75, "weight": 0, "displayName": "A friend"}},
        {},
    ),
    ("recent-activities", {"distance": 5.01, "calories": 310}, {"distance": 3.11}, {}),
    ("favorite-activities", {"distance": 5.01, "mets": 3}, {"distance": 3.11}, {}),
    ("frequent-activities", {"distance": 5.01, "duration": 60_000}, {"distance": 3.11}, {}),
    (
        "activity-stats",
        {
            "best": {"total": {"distance": {"date": "2026-11-01", "value": 16.09}}},
            "lifetime": {"tracker": {"distance": 1609.34, "steps": 2_000_000}},
        },
        {
            "best": {"total": {"distance": {"date": "2026-11-01", "value": 10}}},
            "lifetime": {"tracker": {"distance": 1000, "steps": 2_000_000}},
        },
        {},
    ),
    (
        "body-weight-goal",
        {"startWeight": 84, "weight": 80, "weightThreshold": 0.05},
        {"startWeight": 185.19, "weight": 176.37, "weightThreshold": 0.11},
        {"startWeight": 13.228, "weight": 12.598, "weightThreshold": 0.008},
    ),
    ("activities-daily-goal", {"distance": 8.05, "floors": 10}, {"distance": 5, "floors": 10}, {}),
    ("activities-weekly-goal", {"distance": 56.33}, {"distance": 35}, {}),
    ("water-goal", {"goal": 2000}, {"goal": 67.63}, {}),
]
"""Series, its values in metric units, and those that differ in en_US, and in en_GB."""


def record(series: str, data: Mapping[str, Any], origin: str = "google_health") -> Record:
    return Record(series, "k", "2026-11-01", data, origin)


@pytest.mark.parametrize(
    ("series", "metric", "american", "british"), VALUES, ids=[row[0] for row in VALUES]
)
def test_every_value_of_a_series_follows_the_system(
    series: str, metric: Any, american: Any, british: Any
) -> None:
    stored = record(series, metric)

    assert present(stored, "metric") == metric
    assert repr(present(stored, "en_US")) == repr({**metric, **american})
    assert repr(present(stored, "en_GB")) == repr({**metric, **british})


def test_all_series_with_units_are_tried_here_and_are_those_of_the_docs() -> None:
    """See that docs/measurements.md, which has the units of each, agrees."""
    tried = {series for series, *_ in VALUES}
    named = {
        name
        for section in ("From Google Health", "From the legacy API")
        for name, cells in rows(section).items()
        if re.search(r"\b(lb|mi|ft|in|fl oz)\b|°F", cells[0])
    }

    assert MEMBERS.keys() == tried
    assert MEMBERS.keys() == named
    assert MEMBERS.keys() <= SERIES.keys()
    assert {row.name for row in SERIES.values() if row.unit in DIMENSIONS} <= MEMBERS.keys()


@pytest.mark.parametrize("system", SYSTEMS)
def test_other_series_are_given_out_as_they_are(system: str) -> None:
    for series in SERIES.keys() - MEMBERS.keys():
        stored = record(series, {"value": "82.5", "weight": 82.5, "distance": 5})

        assert present(stored, system) is stored.data


@pytest.mark.parametrize("odd", ["", "NaN", "much", None, True, [], {}, "1e40", 1e40, {"a": 1}])
def test_what_is_no_number_of_a_person_stays_as_it_is(odd: Any) -> None:
    assert present(record("weight", {"weight": odd}), "en_US") == {"weight": odd}


def test_without_an_origin_the_system_of_before_counts() -> None:
    stored = record("body-weight", {"value": "181.88"}, origin="")

    # What an earlier version stored is as it was set then: as it is now, if nobody knows better.
    assert present(stored, "en_US") == {"value": "181.88"}
    assert present(stored, "en_US", "en_US") == {"value": "181.88"}
    assert present(stored, "metric", "en_US") == {"value": "82.499"}
    assert present(stored, "en_GB", "en_US") == {"value": "12.991"}
    # One with an origin is metric, whatever was before.
    assert present(record("body-weight", {"value": "82.5"}), "metric", "en_US") == {"value": "82.5"}


def leaves(members: Members) -> Iterator[Measure]:
    for inner in members.values():
        yield from [inner] if isinstance(inner, Measure) else leaves(inner)


def test_every_measure_has_a_dimension() -> None:
    assert {m.dimension for members in MEMBERS.values() for m in leaves(members)} == {*DIMENSIONS}


# Series, how a provider's whole number becomes what is stored, and each system's unit and decimals:
# the numbers that the adapters gave before units were applied on the way out.
EXACT = [
    ("body-weight", units.kilograms, {"en_US": ("453.59237", 2), "en_GB": ("6350.29318", 3)}),
    ("activities-distance", units.kilometres, {"en_US": ("1609344", 6)}),
    ("activities-elevation", units.metres, {"en_US": ("304.8", 3)}),
]


@given(st.sampled_from(EXACT), st.integers(0, 300_000))
def test_values_are_those_of_the_providers_own_number(case: Any, base: int) -> None:
    series, to_metric, unit_of = case
    stored = record(series, {"value": units.text(to_metric(Decimal(base)))})

    for system, (unit, places) in unit_of.items():
        exact = units.rounded(Decimal(base) / Decimal(unit), places)
        assert present(stored, system) == {"value": units.text(exact)}


def fill(members: Members, number: Decimal, *, as_text: bool) -> dict[str, Any]:
    """Return an element with *number* in each of *members*, and in one that has no unit."""
    value = units.text(number) if as_text else units.number(number)
    inner = {
        name: value if isinstance(inner, Measure) else [fill(inner, number, as_text=as_text)]
        for name, inner in members.items()
    }
    return {**inner, "steps": value}


def numbers(members: Members, data: Any) -> Iterator[tuple[Measure, Decimal]]:
    for name, inner in members.items():
        if isinstance(inner, Measure):
            yield inner, Decimal(str(data[name]))
        else:
            for item in data[name]:
                yield from numbers(inner, item)


@given(
    st.sampled_from(sorted(MEMBERS)),
    st.sampled_from([(one, other) for one in SYSTEMS for other in SYSTEMS]),
    st.decimals(1, 1000, places=3),
    st.booleans(),
)
def test_another_system_changes_all_values_at_once_and_back(
    series: str, systems: tuple[str, str], number: Decimal, as_text: bool
) -> None:
    members, (one, other) = MEMBERS[series], systems
    data = fill(members, number, as_text=as_text)
    before = record(series, data, origin="")

    after = present(before, other, one)
    back = present(before._replace(data=after), one, other)

    assert before.data == data == fill(members, number, as_text=as_text)
    assert after["steps"] == back["steps"] == data["steps"]
    for (measure, there), (_, again) in zip(
        numbers(members, after), numbers(members, back), strict=True
    ):
        unit = DIMENSIONS[measure.dimension]
        source, target = (unit.get(system, unit["metric"]) for system in (one, other))
        if source == target:
            assert there == again == number
            continue
        places = [u.places if measure.places is None else measure.places for u in (source, target)]
        half = Decimal("0.5")
        wrong = half.scaleb(-places[1])
        assert abs(there - number * source.size / target.size) <= wrong
        assert abs(again - number) <= wrong * target.size / source.size + half.scaleb(-places[0])
