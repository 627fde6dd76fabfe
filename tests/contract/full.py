"""A value of every member of a data type, and another one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.adapters.google_health.moving import dated
from tests.contract.members import Path, kinds, reference, schemas

DAY = 5
# Far from the zone of the account and near midnight: with another offset it is another day.
START, _END, _OFFSET = "2026-11-05T02:00:00Z", "2026-11-05T02:30:00Z", "-18000s"
Way = tuple[str, ...]
# The word that leads furthest, where it is not the first.
_WORDS = {
    "activityLevelType": "VERY_ACTIVE",
    "mealType": "BREAKFAST",
    "nutrient": "SODIUM",
    "weightUnit": "WEIGHT_UNIT_STONE",
}
# Far enough to be seen in kilometres.
_NUMBERS = {"distanceMillimeters": 5_012_000, "elevationGainMillimeters": 30_500}
# More energy than was burned by being active, and a night with stages.
_VALUES: dict[str, dict[str, Any]] = {
    "totalCalories:dailyRollUp": {"kcalSum": 2213.4},
    "sleep": {"type": "STAGES"},
}


def full(kind: str) -> dict[str, Any]:
    """Return a value of *kind* with all members."""
    return _object(kinds()[kind]) | _VALUES.get(kind, {})


def other(schema: str, path: Path, value: Any) -> Any:
    """Return another value than *value* of the member *path* of *schema*."""
    told = {"$ref": schema}
    for name in path:
        told = schemas()[reference(told)]["properties"][name]
    return _other(told, value)


def _other(told: dict[str, Any], value: Any) -> Any:
    if isinstance(value, list):
        return [_other(told["items"], value[0])]
    if isinstance(value, dict):
        return {**value, "date": dated(DAY + 1)} if "date" in value else dated(DAY + 1)
    if "enum" in told:
        return next(word for word in reversed(told["enum"]) if word != value)
    return _OTHERS.get(_form(told), _other_number)(value)


def _other_number(value: Any) -> Any:
    return type(value)(2 * int(value))


def _other_instant(value: str) -> str:
    at = datetime.fromisoformat(value)
    later = timedelta(days=-1 if value == START else 1)
    return (at + later).isoformat().replace("+00:00", "Z")


_OTHERS = {
    "boolean": lambda value: not value,
    "string": lambda value: f"another {value}",
    "google-datetime": _other_instant,
    "google-duration": lambda value: "3600s",
}


def _object(schema: str) -> dict[str, Any]:
    return {name: _value(name, told) for name, told in schemas()[schema]["properties"].items()}


def _value(name: str, told: dict[str, Any]) -> Any:
    if told.get("type") == "array":
        return [_value(name, told["items"])]
    inner = reference(told)
    if inner == "Date":
        return dated(DAY)
    if inner == "CivilDateTime":
        return {"date": dated(DAY), "time": {"hours": 8}}
    return _object(inner) if inner else _plain(name, told)


def _plain(name: str, told: dict[str, Any]) -> Any:
    if "enum" in told:
        return _WORDS.get(name, told["enum"][1])
    form = _form(told)
    texts = {
        "google-datetime": _END if name.startswith("end") else START,
        "google-duration": _OFFSET if name.endswith("Offset") else "1800s",
        "string": f"some {name}",
        "boolean": True,
    }
    number = _NUMBERS.get(name, 42)
    return texts.get(form, str(number) if told["type"] == "string" else number)


def _form(told: dict[str, Any]) -> str:
    form: str = told.get("format", told["type"])
    return form
