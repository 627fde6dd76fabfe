"""What was eaten and drunk: the two logs, and what a day of each comes to.

Food needs a permission of its own that a wearer may have refused.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from healthrelay.adapters.google_health.activity import amount, rolled, span_of, texts
from healthrelay.adapters.google_health.points import Answers, Element, Row, log_id, text
from healthrelay.adapters.google_health.questions import DailyRollUp, Points, sessions
from healthrelay.core.json import Raw
from healthrelay.core.measurements import units

EATEN, EATEN_DAYS = sessions("nutrition-log"), DailyRollUp("nutrition-log")
UNITS = Points("food-measurement-unit", "", how="")
DRUNK, DRUNK_DAYS = sessions("hydration-log"), DailyRollUp("hydration-log")

# Fitbit's meals. Google's others, such as SNACK, are its "anytime".
_MEALS = {"BREAKFAST": 1, "BEFORE_LUNCH": 2, "LUNCH": 3, "BEFORE_DINNER": 4, "DINNER": 5}
_ANYTIME = 7
# Another name with the same number at its end, such as 0147, is another unit.
_NUMBER = re.compile(r"0|[1-9][0-9]{0,19}")
_MILLIGRAMS = Decimal(1000)
_TYPED = "userProvidedUnit"
"""The unit in which an amount was typed in; Google has converted it."""


class FoodEntry(NamedTuple):
    instant: datetime
    log_id: int
    day: str
    members: Element


def food_log(answers: Answers) -> list[Element]:
    """``foods``: everything that was eaten, with energy in kcal, sodium in mg, the rest in g."""
    return [
        {"logId": entry.log_id, "logDate": entry.day, **entry.members}
        for entry in _entries(answers, EATEN, _eaten)
    ]


def _eaten(value: Mapping[str, Any]) -> Element:
    nutrition = _nutrition(value, "")
    food: Element = {}
    if name := text(value, "foodDisplayName"):
        food["name"] = name
    if "calories" in nutrition:
        food["calories"] = nutrition["calories"]
    food["mealTypeId"] = _MEALS.get(value.get("mealType", ""), _ANYTIME)
    return {"loggedFood": food, "nutritionalValues": nutrition}


def food_days(answers: Answers) -> list[Element]:
    """Return the ``summary`` of each day with food, with the day's water if there was any."""
    water = _water(answers)
    elements: list[Element] = []
    eaten = rolled(answers, EATEN_DAYS, lambda value: _nutrition(value, "Sum"))
    for day, nutrition in sorted(eaten.items()):
        element = {"date": day, **nutrition}
        if day in water:
            element["water"] = units.number(water[day])
        elements.append(element)
    return elements


def calories_in(answers: Answers) -> list[Element]:
    """``foods/log/caloriesIn``, in whole kcal."""
    return texts(rolled(answers, EATEN_DAYS, lambda value: _kcal(value, "Sum")))


def water_log(answers: Answers) -> list[Element]:
    """``water``: every drink, in ml, on its day."""

    def read(value: Mapping[str, Any]) -> Element | None:
        volume = _volume(value, "milliliters")
        return None if volume is None else {"amount": units.number(volume)}

    return [
        {"date": entry.day, **entry.members, "logId": entry.log_id}
        for entry in _entries(answers, DRUNK, read)
    ]


def water_summaries(answers: Answers) -> list[Element]:
    """Return the ``summary`` of each day with water."""
    water = _water(answers)
    return [{"date": day, "water": units.number(water[day])} for day in sorted(water)]


def food_units(answers: Answers) -> list[Element]:
    """``food_units``: those of the wearer's own list, for Google has no common catalogue."""
    return answers.values(UNITS, lambda point, value: _unit(point["name"], value))


def _unit(path: str, value: Mapping[str, Any]) -> Element:
    tail = path.rpartition("/")[2]
    element: Element = {"id": int(tail) if _NUMBER.fullmatch(tail) else tail}
    named = {"name": "displayName", "plural": "pluralDisplayName"}
    known = {name: text(value, google) for name, google in named.items()}
    return element | {name: each for name, each in known.items() if each}


def _entries(
    answers: Answers, question: Points, read: Callable[[Mapping[str, Any]], Element | None]
) -> list[FoodEntry]:
    """Return the entries of a log as they follow in time, with what *read* makes of each."""

    def read_entry(point: Raw, value: Mapping[str, Any]) -> FoodEntry | None:
        span = span_of(value, answers.zone)
        members = read(value)
        if members is None:
            return None
        return FoodEntry(
            span.instant, log_id(point, span.instant, answers.replaced), span.day, members
        )

    return sorted(answers.values(question, read_entry), key=lambda entry: entry[:2])


def _water(answers: Answers) -> dict[str, Decimal]:
    """Day → volume."""
    return rolled(answers, DRUNK_DAYS, lambda value: _volume(value, "millilitersSum"))


def _volume(value: Mapping[str, Any], member: str) -> Decimal | None:
    volume = amount(value["amountConsumed"], member, _TYPED)
    return None if volume is None else units.rounded(volume, 2)


def _nutrition(value: Mapping[str, Any], suffix: str) -> Element:
    """Return what Google has of it; its members end in *suffix* where they are sums."""
    grams = {each["nutrient"]: each["quantity"] for each in value.get("nutrients") or []}
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
        each = None if quantity is None else amount(quantity, f"grams{suffix}", _TYPED)
        if each is not None:
            scaled = each * _MILLIGRAMS if name == "sodium" else each
            element[name] = units.number(units.rounded(scaled, 2))
    return element


def _kcal(value: Mapping[str, Any], suffix: str) -> Decimal | None:
    energy = value.get("energy")
    kcal = None if energy is None else amount(energy, f"kcal{suffix}", _TYPED)
    return None if kcal is None else units.rounded(kcal, 0)


ROWS: dict[str, Row] = {
    "foods": Row((EATEN,), food_log),
    "foods-summary": Row((EATEN_DAYS, DRUNK_DAYS), food_days),
    "food-units": Row((UNITS,), food_units),
    "foods-log-caloriesIn": Row((EATEN_DAYS,), calories_in),
    "water": Row((DRUNK,), water_log),
    "water-summary": Row((DRUNK_DAYS,), water_summaries),
    "foods-log-water": Row((DRUNK_DAYS,), lambda answers: texts(_water(answers))),
}
