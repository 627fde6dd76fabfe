"""What was eaten and drunk: the two logs, and what a day of each comes to.

Food needs a permission of its own that a wearer may have refused.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from healthrelay.adapters.google_health.activity import amount, rolled, span_of, texts
from healthrelay.adapters.google_health.points import Answers, Element, Row, log_id
from healthrelay.adapters.google_health.questions import DailyRollUp, Points, sessions
from healthrelay.core.measurements import units

EATEN, EATEN_DAYS = sessions("nutrition-log"), DailyRollUp("nutrition-log")
UNITS = Points("food-measurement-unit", "", how="")
DRUNK, DRUNK_DAYS = sessions("hydration-log"), DailyRollUp("hydration-log")

# Fitbit's meals. Google's others, such as SNACK, are its "anytime".
_MEALS = {"BREAKFAST": 1, "BEFORE_LUNCH": 2, "LUNCH": 3, "BEFORE_DINNER": 4, "DINNER": 5}
_ANYTIME = 7
_MILLIGRAMS = Decimal(1000)
_TYPED = "userProvidedUnit"
"""The unit in which an amount was typed in; Google has converted it."""


class FoodEntry(NamedTuple):
    instant: datetime
    log_id: int
    day: str
    value: Mapping[str, Any]


def food_log(answers: Answers) -> list[Element]:
    """``foods``: everything that was eaten, with energy in kcal, sodium in mg, the rest in g."""
    elements: list[Element] = []
    for entry in _entries(answers, EATEN):
        nutrition = _nutrition(entry.value, "")
        food: Element = {}
        if name := entry.value.get("foodDisplayName"):
            food["name"] = name
        if "calories" in nutrition:
            food["calories"] = nutrition["calories"]
        food["mealTypeId"] = _MEALS.get(entry.value.get("mealType", ""), _ANYTIME)
        named: Element = {"logId": entry.log_id, "logDate": entry.day}
        elements.append(named | {"loggedFood": food, "nutritionalValues": nutrition})
    return elements


def food_days(answers: Answers) -> list[Element]:
    """Return the ``summary`` of each day with food, with the day's water if there was any."""
    water = _water(answers)
    elements: list[Element] = []
    for day, value in sorted(rolled(answers, EATEN_DAYS), key=lambda pair: pair[0]):
        element = {"date": day, **_nutrition(value, "Sum")}
        if day in water:
            element["water"] = units.number(water[day])
        elements.append(element)
    return elements


def calories_in(answers: Answers) -> list[Element]:
    """``foods/log/caloriesIn``, in whole kcal."""
    known = {day: _kcal(value, "Sum") for day, value in rolled(answers, EATEN_DAYS)}
    return texts({day: kcal for day, kcal in known.items() if kcal is not None})


def water_log(answers: Answers) -> list[Element]:
    """``water``: every drink, in the household's unit, on its day."""
    return [
        {
            "date": entry.day,
            "amount": units.number(_volume(entry.value, "milliliters", answers.system)),
            "logId": entry.log_id,
        }
        for entry in _entries(answers, DRUNK)
    ]


def water_summaries(answers: Answers) -> list[Element]:
    """Return the ``summary`` of each day with water."""
    water = _water(answers)
    return [{"date": day, "water": units.number(water[day])} for day in sorted(water)]


def food_units(answers: Answers) -> list[Element]:
    """``food_units``: those of the wearer's own list, for Google has no common catalogue."""
    return [_unit(point["name"], value) for point, value in answers.values(UNITS)]


def _unit(path: str, value: Mapping[str, Any]) -> Element:
    tail = path.rpartition("/")[2]
    element: Element = {"id": int(tail) if tail.isascii() and tail.isdigit() else tail}
    named = {"name": "displayName", "plural": "pluralDisplayName"}
    return element | {name: value[google] for name, google in named.items() if google in value}


def _entries(answers: Answers, question: Points) -> list[FoodEntry]:
    entries = []
    for point, value in answers.values(question):
        span = span_of(value, answers.zone)
        entries.append(FoodEntry(span.instant, log_id(point, span.instant), span.day, value))
    return sorted(entries, key=lambda entry: entry[:2])


def _water(answers: Answers) -> dict[str, Decimal]:
    """Day → volume."""
    return {
        day: _volume(value, "millilitersSum", answers.system)
        for day, value in rolled(answers, DRUNK_DAYS)
    }


def _volume(value: Mapping[str, Any], member: str, system: str) -> Decimal:
    return units.volume(amount(value["amountConsumed"], member, _TYPED), system)


def _nutrition(value: Mapping[str, Any], suffix: str) -> Element:
    """Return what Google has of it; its members end in *suffix* where they are sums."""
    grams = {each["nutrient"]: each["quantity"] for each in value.get("nutrients", [])}
    parts = {
        "carbs": value.get("totalCarbohydrate"),
        "fat": value.get("totalFat"),
        "fiber": grams.get("DIETARY_FIBER"),
        "protein": grams.get("PROTEIN"),
        "sodium": grams.get("SODIUM"),
    }
    kcal = _kcal(value, suffix)
    element: Element = {} if kcal is None else {"calories": units.number(kcal)}
    for name, quantity in parts.items():
        if quantity is not None:
            each = amount(quantity, f"grams{suffix}", _TYPED)
            scaled = each * _MILLIGRAMS if name == "sodium" else each
            element[name] = units.number(units.rounded(scaled, 2))
    return element


def _kcal(value: Mapping[str, Any], suffix: str) -> Decimal | None:
    if "energy" not in value:
        return None
    return units.rounded(amount(value["energy"], f"kcal{suffix}", _TYPED), 0)


ROWS: dict[str, Row] = {
    "foods": Row((EATEN,), food_log),
    "foods-summary": Row((EATEN_DAYS, DRUNK_DAYS), food_days),
    "food-units": Row((UNITS,), food_units),
    "foods-log-caloriesIn": Row((EATEN_DAYS,), calories_in),
    "water": Row((DRUNK,), water_log),
    "water-summary": Row((DRUNK_DAYS,), water_summaries),
    "foods-log-water": Row((DRUNK_DAYS,), lambda answers: texts(_water(answers))),
}
