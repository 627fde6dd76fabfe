"""Jack's food and drinks, on the days when he logs them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sandbox.jack.daily_random import DailyRandom
from sandbox.logs import Drink, Food
from sandbox.wearer import Wearer, log_id

_DRANK, _ATE = 0.45, 0.35
_GLASSES = (200, 250, 300, 500)
# Name, meal, hour, kcal, fat, carbohydrates, fiber, protein (grams), sodium (milligrams).
_MENU = (
    ("Oatmeal", "BREAKFAST", 7, 310, "6.5", "52.4", "8.1", "10.6", 120),
    ("Soup and bread", "LUNCH", 12, 420, "12.3", "55.2", "7.4", "18.9", 980),
    ("Apple", "ANYTIME", 15, 95, "0.3", "25.1", "4.4", "0.5", 2),
    ("Pasta", "DINNER", 18, 680, "21.7", "88.6", "6.8", "29.3", 740),
)


def drinks(wearer: Wearer, day: date) -> list[Drink]:
    """Return the day's glasses of water."""
    rng = DailyRandom(wearer.name, "drinks", day)
    if not rng.happens(_DRANK):
        return []
    glasses = []
    for glass in range(rng.between(2, 7)):
        civil = datetime.combine(day, time(8 + 2 * glass)) + timedelta(minutes=rng.between(0, 90))
        ml = _GLASSES[rng.between(0, len(_GLASSES))]
        glasses.append(Drink(at=wearer.instant(civil), ml=ml, log_id=log_id(civil)))
    return glasses


def foods(wearer: Wearer, day: date) -> list[Food]:
    """Return the day's meals, some of them left out."""
    rng = DailyRandom(wearer.name, "foods", day)
    if not rng.happens(_ATE):
        return []
    eaten = [row for row in _MENU if rng.happens(0.8)]
    return [_food(wearer, day, row) for row in eaten]


def _food(
    wearer: Wearer, day: date, row: tuple[str, str, int, int, str, str, str, str, int]
) -> Food:
    name, meal, hour, kcal, fat, carbs, fiber, protein, sodium = row
    civil = datetime.combine(day, time(hour, 30))
    return Food(
        at=wearer.instant(civil),
        log_id=log_id(civil),
        name=name,
        meal=meal,
        kcal=kcal,
        fat=Decimal(fat),
        carbs=Decimal(carbs),
        fiber=Decimal(fiber),
        protein=Decimal(protein),
        sodium_mg=sodium,
    )
