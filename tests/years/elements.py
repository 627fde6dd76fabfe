"""What stands in an element of the legacy shape, and what must stand there."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.years.account import Place

_GRAMS = {"en_US": Decimal("453.59237"), "en_GB": Decimal("6350.29318")}
_PLACES = {"en_US": Decimal("0.01"), "en_GB": Decimal("0.001")}
"""Pounds have two decimals, stones three."""


def read(series: str, element: Mapping[str, Any]) -> tuple[Place, Any]:
    """Return where the value of an *element* stands, and the value."""
    if series == "weight":
        place = Place(series, element["date"], element["time"])
        return place, Decimal(str(element["weight"]))
    if series == "sleep":
        place = Place(series, element["dateOfSleep"], element["startTime"][:19])
        return place, (element["endTime"][:19], element.get("minutesAsleep"))
    if series == "sleep-summary":
        figures = element.get("totalMinutesAsleep"), element["totalSleepRecords"]
        return Place(series, element["date"], ""), figures
    if series == "activities-steps-intraday":
        points = ((point["time"], int(point["value"])) for point in element["dataset"])
        return Place(series, element["dateTime"], ""), tuple(points)
    number = Decimal(element["value"])
    value = number if series == "body-weight" else int(number)
    return Place(series, element["dateTime"], ""), value


def expected(series: str, value: Any, system: str = "metric") -> Any:
    """Return *value*, as an account has it, in the units of *system*."""
    if series not in ("weight", "body-weight"):
        return value
    if system not in _GRAMS:
        return Decimal(value) / 1000
    return (Decimal(value) / _GRAMS[system]).quantize(_PLACES[system], ROUND_HALF_UP)
