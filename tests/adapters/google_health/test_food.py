"""Food and water: the logs, and the days."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.google_health.moving import (
    assert_unknown,
    converted,
    interval,
    rolled,
    tolerated,
)
from tests.adapters.reading import values

EATEN, EATEN_DAYS = "nutrition-log:reconcile", "nutrition-log:dailyRollUp"
DRUNK, DRUNK_DAYS = "hydration-log:reconcile", "hydration-log:dailyRollUp"
NOON = interval("2026-11-03T11:30:00Z", "2026-11-03T11:31:00Z")


def soup(**changes: Any) -> dict[str, Any]:
    return {
        "dataPointName": "users/1/dataTypes/nutrition-log/dataPoints/81",
        "nutritionLog": {
            "interval": NOON,
            "mealType": "LUNCH",
            "foodDisplayName": "Soup",
            "energy": {"kcal": 320.4, "userProvidedUnit": "KILOCALORIE"},
            "totalFat": {"grams": 10},
            "totalCarbohydrate": {"grams": 40.25},
            "nutrients": [
                {"nutrient": "PROTEIN", "quantity": {"grams": 12.5}},
                {"nutrient": "SODIUM", "quantity": {"grams": 0.98}},
                {"nutrient": "SUGAR", "quantity": {"grams": 4}},
                {"nutrient": "DIETARY_FIBER", "quantity": {}},
            ],
            **changes,
        },
    }


def drink(point: str, start: str, **amount: Any) -> dict[str, Any]:
    return {
        "dataPointName": f"users/1/dataTypes/hydration-log/dataPoints/{point}",
        "hydrationLog": {"interval": interval(start, start), "amountConsumed": amount},
    }


def test_what_was_eaten() -> None:
    parts = {"carbs": 40.25, "fat": 10, "fiber": 0, "protein": 12.5, "sodium": 980}
    assert converted("foods", {EATEN: [soup()]}) == [
        {
            "logId": 81,
            "logDate": "2026-11-03",
            "loggedFood": {"name": "Soup", "calories": 320, "mealTypeId": 3},
            "nutritionalValues": {"calories": 320, **parts},
        }
    ]


def test_what_is_not_told_of_a_food_is_absent() -> None:
    (element,) = converted("foods", {EATEN: [{"nutritionLog": {"interval": NOON}}]})

    assert element == {
        "logId": 1793705400000,
        "logDate": "2026-11-03",
        "loggedFood": {"mealTypeId": 7},
        "nutritionalValues": {},
    }


@pytest.mark.parametrize(
    ("meal", "number"),
    [
        ("BREAKFAST", 1),
        ("BEFORE_LUNCH", 2),
        ("LUNCH", 3),
        ("BEFORE_DINNER", 4),
        ("DINNER", 5),
        ("SNACK", 7),
        ("ANYTIME", 7),
        ("A_MEAL_TO_COME", 7),
    ],
)
def test_meals_are_numbered(meal: str, number: int) -> None:
    (element,) = tolerated("foods", {EATEN: [soup(mealType=meal)]})

    assert element["loggedFood"]["mealTypeId"] == number


def eaten_on(day: int, **value: Any) -> dict[str, Any]:
    return rolled(
        day,
        nutritionLog={
            "energy": {"kcalSum": 2100.5},
            "totalFat": {"gramsSum": 70.125},
            "nutrients": [{"nutrient": "SODIUM", "quantity": {"gramsSum": 2.3}}],
            **value,
        },
    )


def drunk_on(day: int, ml: float) -> dict[str, Any]:
    return rolled(day, hydrationLog={"amountConsumed": {"millilitersSum": ml}})


def test_days_with_food() -> None:
    raw = {
        EATEN_DAYS: [eaten_on(4), eaten_on(3), rolled(5)],
        DRUNK_DAYS: [drunk_on(3, 1850), drunk_on(6, 250)],
    }

    assert converted("foods-summary", raw) == [
        {"date": "2026-11-03", "calories": 2101, "fat": 70.13, "sodium": 2300, "water": 1850},
        {"date": "2026-11-04", "calories": 2101, "fat": 70.13, "sodium": 2300},
    ]
    eaten = {EATEN_DAYS: raw[EATEN_DAYS]}
    assert converted("foods-log-caloriesIn", eaten) == values(d3="2101", d4="2101")


def test_day_without_energy_has_no_calories() -> None:
    day = rolled(3, nutritionLog={"totalFat": {"gramsSum": 7}})

    assert converted("foods-log-caloriesIn", {EATEN_DAYS: [day]}) == []
    assert converted("foods-summary", {EATEN_DAYS: [day]}) == [{"date": "2026-11-03", "fat": 7}]


def test_what_was_drunk() -> None:
    points = [
        drink("72", "2026-11-03T23:30:00Z", milliliters=300.0),
        drink("71", "2026-11-03T07:00:00Z", milliliters=250, userProvidedUnit="MILLILITER"),
    ]

    assert converted("water", {DRUNK: points}) == [
        {"date": "2026-11-03", "amount": 250, "logId": 71},
        {"date": "2026-11-04", "amount": 300, "logId": 72},
    ]


@pytest.mark.parametrize(
    ("system", "amount", "text"),
    [("metric", 1850, "1850"), ("en_GB", 1850, "1850"), ("en_US", 62.56, "62.56")],
)
def test_water_is_in_the_households_unit(system: str, amount: float, text: str) -> None:
    raw = {DRUNK_DAYS: [drunk_on(3, 1850.0)]}

    assert converted("foods-log-water", raw, system=system) == values(d3=text)
    (summary,) = converted("water-summary", raw, system=system)
    assert summary == {"date": "2026-11-03", "water": amount}


@pytest.mark.parametrize(
    ("series", "source", "point"),
    [
        ("foods", EATEN, {"hydrationLog": {}}),
        ("foods", EATEN, soup(interval={})),
        ("foods", EATEN, soup(energy={"kilocalories": 320})),
        ("foods", EATEN, soup(totalFat={"grams": "much"})),
        ("foods", EATEN, soup(nutrients=[{"name": "PROTEIN"}])),
        ("foods-summary", EATEN_DAYS, rolled(3, nutritionLog=["2100"])),
        ("foods-summary", EATEN_DAYS, eaten_on(3, energy={"kcal": 2100})),
        ("water", DRUNK, drink("1", "2026-11-03T07:00:00Z", ounces=8)),
        ("water", DRUNK, {"hydrationLog": {"interval": NOON}}),
        ("foods-log-water", DRUNK_DAYS, rolled(3, hydrationLog={"amount": 250})),
    ],
)
def test_unknown_shape_is_told_and_not_read_as_nothing(
    series: str, source: str, point: Any
) -> None:
    assert_unknown(series, {source: [point]})


def test_a_unit_is_known_by_its_whole_name() -> None:
    units = [
        {
            "name": f"users/1/dataTypes/food-measurement-unit/dataPoints/{name}",
            "foodMeasurementUnit": {"displayName": name},
        }
        for name in ("147", "0147", "my-cup")
    ]

    found = converted("food-units", {"food-measurement-unit": units})

    assert [unit["id"] for unit in found] == [147, "0147", "my-cup"]
