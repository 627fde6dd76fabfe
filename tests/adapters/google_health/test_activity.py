"""Daily totals of activity."""

from __future__ import annotations

import json
from typing import Any

import pytest

from healthrelay.adapters.google_health.rows import QUESTIONS
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.reads import Read, pack
from tests.adapters.google_health.moving import (
    assert_unknown,
    converted,
    provider,
    rolled,
    set_aside,
    tolerated,
)
from tests.adapters.reading import MONDAY, SUNDAY, values

EVERY = [
    ("steps", "steps", {"steps": {"countSum": "8123"}}, "8123"),
    ("distance", "distance", {"distance": {"millimetersSum": "6012345"}}, "6.012345"),
    ("floors", "floors", {"floors": {"countSum": "9"}}, "9"),
    ("elevation", "altitude", {"altitude": {"gainMillimetersSum": "27432"}}, "27.432"),
    ("calories", "total-calories", {"totalCalories": {"kcalSum": 2213.5}}, "2214"),
    ("activityCalories", "active-energy-burned", {"activeEnergyBurned": {"kcalSum": 612.4}}, "612"),
]


@pytest.mark.parametrize(("name", "type_", "value", "text"), EVERY)
def test_totals(name: str, type_: str, value: dict[str, Any], text: str) -> None:
    raw = {f"{type_}:dailyRollUp": [rolled(3, **value)]}

    assert converted(f"activities-{name}", raw) == values(d3=text)


@pytest.mark.parametrize(("name", "type_", "value", "text"), EVERY)
def test_totals_of_the_tracker_alone(
    name: str, type_: str, value: dict[str, Any], text: str
) -> None:
    source = f"{type_}:dailyRollUp of google-wearables"
    request = QUESTIONS[source].request(Read(source, MONDAY, SUNDAY), "")

    assert request.path == f"/dataTypes/{type_}/dataPoints:dailyRollUp"
    assert request.body is not None
    assert request.body["dataSourceFamily"] == "users/me/dataSourceFamilies/google-wearables"
    raw = {source: [rolled(3, **value)]}
    assert converted(f"activities-tracker-{name}", raw) == values(d3=text)


@pytest.mark.parametrize(
    ("system", "distance", "elevation"),
    [("metric", "1.609344", "3.048"), ("en_GB", "1.609344", "3.048"), ("en_US", "1", "10")],
)
def test_units_are_the_households(system: str, distance: str, elevation: str) -> None:
    mile = {"distance:dailyRollUp": [rolled(3, distance={"millimetersSum": "1609344"})]}
    floor = {"altitude:dailyRollUp": [rolled(3, altitude={"gainMillimetersSum": "3048"})]}

    (way,) = converted("activities-distance", mile, system=system)
    (climb,) = converted("activities-elevation", floor, system=system)

    assert (way["value"], climb["value"]) == (distance, elevation)


def test_days_come_in_order_and_without_data_not_at_all() -> None:
    points = [
        rolled(8, steps={"countSum": "12"}),
        rolled(5),
        rolled(4, steps={}),
        rolled(3, steps={"countSum": "0"}),
        rolled(2, steps={"countSum": 8123}),
    ]

    expected = values(d2="8123", d3="0", d8="12")
    assert tolerated("activities-steps", {"steps:dailyRollUp": points}) == expected


def test_resting_calories_are_what_is_left_of_all_calories() -> None:
    raw = {
        "total-calories:dailyRollUp": [
            rolled(2, totalCalories={"kcalSum": 2213.4}),
            rolled(3, totalCalories={"kcalSum": 1800}),
        ],
        "active-energy-burned:dailyRollUp": [
            rolled(2, activeEnergyBurned={"kcalSum": 612.6}),
            rolled(4, activeEnergyBurned={"kcalSum": 100}),
        ],
    }

    assert converted("activities-caloriesBMR", raw) == values(d2="1601")


def test_calories_are_read_by_the_fortnight() -> None:
    windows = [Window(f"activities-{name}", MONDAY, SUNDAY) for name in ("steps", "calories")]

    steps, calories = (source for w in windows for source in provider().needs(w))

    assert (steps.days, calories.days) == (90, 14)
    assert [r.source for r in pack({w: provider().needs(w) for w in windows}, Ledger())] == [
        "steps:dailyRollUp",
        "total-calories:dailyRollUp",
    ]


@pytest.mark.parametrize("unknown", ["NaN", float("nan"), None])
def test_a_total_that_is_no_number_is_not_known(unknown: Any) -> None:
    raw = {"steps:dailyRollUp": [rolled(3, steps={"countSum": unknown})]}

    assert tolerated("activities-steps", raw) == []


def test_nobody_burns_less_than_nothing_at_rest() -> None:
    raw = {
        "total-calories:dailyRollUp": [
            rolled(3, totalCalories={"kcalSum": 300.4}),
            rolled(4, totalCalories={"kcalSum": 1900}),
        ],
        "active-energy-burned:dailyRollUp": [
            rolled(day, activeEnergyBurned={"kcalSum": 450}) for day in (3, 4)
        ],
    }

    result = set_aside("activities-caloriesBMR", raw)

    assert result.elements == values(d4="1450")
    assert set(result.unsure) == {"2026-11-03"}


@pytest.mark.parametrize(
    "point",
    [
        rolled(3, steps={"sum": "3"}),
        rolled(3, paces={"countSum": "3"}),
        rolled(3, steps=["3"]),
        rolled(3, steps={"countSum": "many"}),
        rolled(3, steps={"countSum": True}),
        {"steps": {"countSum": "3"}},
        {"civilStartTime": {"date": {"year": 2026}}, "steps": {"countSum": "3"}},
        "3",
    ],
    ids=json.dumps,
)
def test_unknown_shape_is_told_and_not_read_as_nothing(point: Any) -> None:
    assert_unknown("activities-steps", {"steps:dailyRollUp": [point]})
