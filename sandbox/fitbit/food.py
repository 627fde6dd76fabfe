"""The food and water logs of a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.decimals import number
from sandbox.fitbit.dates import read_date
from sandbox.fitbit.fixed import CALORIES_GOAL
from sandbox.fitbit.guard import USER, Guard
from sandbox.fitbit.units import request_units
from sandbox.logs import Food
from sandbox.wearer import Wearer

_MEALS = {"BREAKFAST": 1, "LUNCH": 3, "DINNER": 5, "ANYTIME": 7}
_SERVING = {"id": 304, "name": "serving", "plural": "servings"}


class FoodLog:
    """What was eaten and drunk, day by day."""

    def __init__(self, wearer: Wearer, guard: Guard) -> None:
        self._wearer = wearer
        self._guard = guard

    def add_to(self, routes: Blueprint) -> None:
        """Add two resources."""
        routes.add_url_rule(f"{USER}/foods/log/date/<day>.json", "foods", self.foods)
        routes.add_url_rule(f"{USER}/foods/log/water/date/<day>.json", "water", self.water)

    def foods(self, user: str, day: str) -> Response:
        """Return the day's food, and its sum."""
        on = self._day(user, day)
        eaten = [food for food in self._wearer.foods if food.at.date() == on]
        summary = {
            "calories": sum(food.kcal for food in eaten),
            "carbs": number(sum((food.carbs for food in eaten), Decimal(0))),
            "fat": number(sum((food.fat for food in eaten), Decimal(0))),
            "fiber": number(sum((food.fiber for food in eaten), Decimal(0))),
            "protein": number(sum((food.protein for food in eaten), Decimal(0))),
            "sodium": sum(food.sodium_mg for food in eaten),
            "water": self._drunk(on),
        }
        foods = [_entry(food) for food in eaten]
        return jsonify(foods=foods, goals={"calories": CALORIES_GOAL}, summary=summary)

    def water(self, user: str, day: str) -> Response:
        """Return the day's water, and its sum."""
        on = self._day(user, day)
        water = [
            {"amount": number(request_units().liquid(drink.ml)), "logId": int(drink.log_id)}
            for drink in self._wearer.drinks
            if drink.at.date() == on
        ]
        return jsonify(summary={"water": self._drunk(on)}, water=water)

    def _day(self, user: str, day: str) -> date:
        self._guard.enter(user, "nutrition")
        return read_date(day, "date", self._wearer.today())

    def _drunk(self, on: date) -> int | float:
        ml = sum(drink.ml for drink in self._wearer.drinks if drink.at.date() == on)
        return number(request_units().liquid(ml))


def _entry(food: Food) -> dict[str, Any]:
    return {
        "isFavorite": False,
        "logDate": food.at.date().isoformat(),
        "logId": int(food.log_id),
        "loggedFood": {
            "accessLevel": "PUBLIC",
            "amount": 1,
            "brand": "",
            "calories": food.kcal,
            "foodId": 80_000 + _MEALS[food.meal],
            "mealTypeId": _MEALS[food.meal],
            "name": food.name,
            "unit": _SERVING,
            "units": [_SERVING["id"]],
        },
        "nutritionalValues": {
            "calories": food.kcal,
            "carbs": number(food.carbs),
            "fat": number(food.fat),
            "fiber": number(food.fiber),
            "protein": number(food.protein),
            "sodium": food.sodium_mg,
        },
    }
