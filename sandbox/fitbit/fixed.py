"""Answers that never change: goals, badges, catalogues, and lists that stay empty."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, Response, jsonify

from sandbox.fitbit.guard import USER, Guard
from sandbox.logs import FOOD_UNITS

CALORIES_GOAL = 2300
DAILY_GOALS: dict[str, Any] = {
    "activeMinutes": 30,
    "activeZoneMinutes": 22,
    "caloriesOut": 2500,
    "distance": 8.05,
    "floors": 10,
    "steps": 10_000,
}
WEIGHT_GOAL = {
    "goalType": "LOSE",
    "startDate": "2025-01-02",
    "startWeight": 84,
    "weight": 80,
    "weightThreshold": 0.05,
}
_BADGE = {
    "badgeType": "DAILY_STEPS",
    "category": "Daily Steps",
    "cheers": [],
    "dateTime": "2025-04-12",
    "description": "10,000 steps in a day",
    "earnedMessage": "Congrats on earning your first Sneakers badge!",
    "encodedId": "228TSL",
    "name": "Sneakers (10,000 steps in a day)",
    "shortName": "Sneakers",
    "timesAchieved": 42,
    "value": 10_000,
}
_SPORTS = [
    {"accessLevel": "PUBLIC", "hasSpeed": True, "id": 90013, "name": "Walk"},
    {"accessLevel": "PUBLIC", "hasSpeed": True, "id": 90009, "name": "Run"},
]
_UNITS = [
    {"id": number, "name": name, "plural": plural} for number, (name, plural) in FOOD_UNITS.items()
]
_FRIEND = {"user": {"displayName": "A friend", "encodedId": "B2C3D4"}}
_WALK = {"activityId": 90013, "description": "", "mets": 3, "name": "Walk"}
_APPLE = {
    "accessLevel": "PUBLIC",
    "brand": "",
    "calories": 95,
    "defaultServingSize": 1,
    "defaultUnit": {"id": 304, "name": "serving", "plural": "servings"},
    "foodId": 81409,
    "name": "Apple",
    "units": [304, 147],
}
_BREAKFAST = {"description": "On workdays", "id": 4242, "mealFoods": [], "name": "Breakfast"}
_WEEKLY = {"distance": 56.33, "floors": 70, "steps": 70_000}


class _Fixed(NamedTuple):
    """One row: below the user or not, who may read it, and what it says."""

    path: str
    scope: str
    body: Any


_ROWS = (
    _Fixed(f"{USER}/body/log/weight/goal.json", "weight", {"goal": WEIGHT_GOAL}),
    _Fixed(f"{USER}/body/log/fat/goal.json", "weight", {"goal": {"fat": 17}}),
    _Fixed(f"{USER}/activities/goals/daily.json", "activity", {"goals": DAILY_GOALS}),
    _Fixed(f"{USER}/activities/goals/weekly.json", "activity", {"goals": _WEEKLY}),
    _Fixed(f"{USER}/foods/log/goal.json", "nutrition", {"goals": {"calories": CALORIES_GOAL}}),
    _Fixed(
        f"{USER}/foods/log/water/goal.json",
        "nutrition",
        {"goal": {"goal": 2000, "startDate": "2025-01-02"}},
    ),
    _Fixed(f"{USER}/badges.json", "profile", {"badges": [_BADGE]}),
    _Fixed(f"{USER}/friends.json", "social", {"friends": [_FRIEND]}),
    _Fixed(f"{USER}/friends/leaders/7d.json", "social", {"friends": []}),
    _Fixed(f"{USER}/friends/leaders/30d.json", "social", {"friends": []}),
    _Fixed(f"{USER}/activities/favorite.json", "activity", [_WALK]),
    _Fixed(f"{USER}/activities/frequent.json", "activity", [_WALK]),
    _Fixed(f"{USER}/foods/log/favorite.json", "nutrition", [_APPLE]),
    _Fixed(f"{USER}/foods/log/recent.json", "nutrition", {"foods": [_APPLE]}),
    _Fixed(f"{USER}/foods/log/frequent.json", "nutrition", {"foods": [_APPLE]}),
    _Fixed(f"{USER}/meals.json", "nutrition", {"meals": [_BREAKFAST]}),
    _Fixed("/1/activities.json", "activity", {"categories": [{"id": 90, "activities": _SPORTS}]}),
    _Fixed("/1/activities/90013.json", "activity", {"activity": _SPORTS[0]}),
    _Fixed("/1/activities/90009.json", "activity", {"activity": _SPORTS[1]}),
    _Fixed("/1/foods/units.json", "nutrition", _UNITS),
    _Fixed("/1/foods/search.json", "nutrition", {"foods": []}),
)


def add_fixed(routes: Blueprint, guard: Guard) -> None:
    """Add a resource for every row."""
    for row in _ROWS:
        routes.add_url_rule(row.path, row.path.replace(".", "_"), _view(row, guard))


def _view(row: _Fixed, guard: Guard) -> Any:
    def view(user: str = "-") -> Response:
        guard.enter(user, row.scope)
        return jsonify(row.body)

    return view
