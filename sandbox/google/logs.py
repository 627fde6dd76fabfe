"""The data points of logs: exercises, water and food."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal

from sandbox.decimals import number, round_half_up
from sandbox.google.points import BY_HAND, TRACKER, Period, Point
from sandbox.google.values import Json, instant_json
from sandbox.logs import FOOD_UNITS, Exercise, Food
from sandbox.wearer import Wearer

_MOMENT = timedelta(minutes=1)
_ZONES = ("lightTime", "moderateTime", "vigorousTime", "peakTime")


def exercises(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Yield walks and runs."""
    for exercise in wearer.exercises:
        if exercise.start.date() in period:
            yield Point(
                start=exercise.start,
                end=exercise.end,
                id=exercise.log_id,
                source=TRACKER,
                value=_exercise(exercise),
            )


def drinks(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Glasses of water, in milliliters."""
    for drink in wearer.drinks:
        if drink.at.date() in period:
            amount = {"milliliters": drink.ml, "userProvidedUnit": "MILLILITER"}
            yield Point(
                start=drink.at,
                end=drink.at + _MOMENT,
                id=drink.log_id,
                source=BY_HAND,
                value={"amountConsumed": amount},
                amount=Decimal(drink.ml),
            )


def foods(wearer: Wearer, period: Period) -> Iterator[Point]:
    """Things eaten."""
    for food in wearer.foods:
        if food.at.date() in period:
            yield Point(
                start=food.at,
                end=food.at + _MOMENT,
                id=food.log_id,
                source=BY_HAND,
                value=_food(food),
                amount=Decimal(food.kcal),
            )


def food_units(wearer: Wearer, _period: Period) -> Iterator[Point]:
    """Yield the units in which the wearer measures food: they have no time of their own."""
    start = wearer.instant(datetime.combine(wearer.member_since, time()))
    for number_, (name, plural) in FOOD_UNITS.items():
        value: Json = {"displayName": name, "pluralDisplayName": plural}
        yield Point(start=start, id=str(number_), source=BY_HAND, value=value)


def eaten(points: list[Point]) -> Json:
    """Return the roll-up of what was eaten."""
    sums: dict[str, Decimal] = {}
    for point in points:
        for nutrient in point.value["nutrients"]:
            grams = Decimal(str(nutrient["quantity"]["grams"]))
            sums[nutrient["nutrient"]] = sums.get(nutrient["nutrient"], Decimal(0)) + grams
    return {
        "energy": {"kcalSum": number(sum((p.amount for p in points), Decimal(0)))},
        "totalFat": {"gramsSum": _grams(points, "totalFat")},
        "totalCarbohydrate": {"gramsSum": _grams(points, "totalCarbohydrate")},
        "nutrients": [
            {"nutrient": name, "quantity": {"gramsSum": number(grams)}}
            for name, grams in sums.items()
        ],
    }


def _grams(points: list[Point], member: str) -> int | float:
    each = (Decimal(str(point.value[member]["grams"])) for point in points)
    return number(sum(each, Decimal(0)))


def _food(food: Food) -> Json:
    nutrients = {
        "DIETARY_FIBER": food.fiber,
        "PROTEIN": food.protein,
        "SODIUM": Decimal(food.sodium_mg) / 1000,
    }
    return {
        "foodDisplayName": food.name,
        "mealType": food.meal,
        "energy": {"kcal": food.kcal},
        "totalFat": {"grams": number(food.fat)},
        "totalCarbohydrate": {"grams": number(food.carbs)},
        "nutrients": [
            {"nutrient": name, "quantity": {"grams": number(grams)}}
            for name, grams in nutrients.items()
        ],
    }


def _exercise(exercise: Exercise) -> Json:
    seconds = exercise.seconds
    pace = Decimal(seconds) * 1000 / exercise.millimeters
    return {
        "exerciseType": exercise.kind,
        "displayName": exercise.name,
        "activeDuration": f"{seconds}s",
        "metricsSummary": {
            "caloriesKcal": exercise.kcal,
            "distanceMillimeters": exercise.millimeters,
            "steps": str(exercise.steps),
            "averageHeartRateBeatsPerMinute": str(exercise.bpm),
            "averagePaceSecondsPerMeter": number(round_half_up(pace, 3)),
            "elevationGainMillimeters": exercise.climbed_mm,
            "activeZoneMinutes": str(exercise.active_zone_minutes),
            "heartRateZoneDurations": {
                name: f"{spent}s"
                for name, spent in zip(_ZONES, exercise.zone_seconds, strict=True)
                if spent
            },
        },
        "exerciseMetadata": {"hasGps": False},
        "createTime": instant_json(exercise.end),
        "updateTime": instant_json(exercise.end),
    }
