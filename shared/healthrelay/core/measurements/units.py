"""Exact conversions between units, and the legacy way to write numbers.

A unit *system* is one of the legacy API's ``Accept-Language``: ``en_US`` with pounds and miles,
``en_GB`` with stones and else metric units, and metric for any other. What is stored is metric.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from healthrelay.core.measurements.catalogue import METRIC as METRIC  # noqa: PLC0414 - for grants

MAX_NUMBER, MAX_PLACES = Decimal(10) ** 19, 100
"""Every signed integer of 64 bits is smaller."""


class Unit(NamedTuple):
    """A unit: how many of the dimension's base units it is, and how its values are written."""

    size: Decimal
    places: int
    symbol: str


DIMENSIONS: dict[str, dict[str, Unit]] = {
    # Grams.
    "mass": {
        METRIC: Unit(Decimal(1000), 3, "kg"),
        "en_US": Unit(Decimal("453.59237"), 2, "lb"),
        "en_GB": Unit(Decimal("6350.29318"), 3, "st"),
    },
    # Millimetres: of a way, of what was climbed, of a body or its stride.
    "distance": {
        METRIC: Unit(Decimal(1_000_000), 6, "km"),
        "en_US": Unit(Decimal(1_609_344), 6, "mi"),
    },
    "height": {METRIC: Unit(Decimal(1000), 3, "m"), "en_US": Unit(Decimal("304.8"), 3, "ft")},
    "length": {METRIC: Unit(Decimal(10), 1, "cm"), "en_US": Unit(Decimal("25.4"), 1, "in")},
    # Millilitres.
    "volume": {
        METRIC: Unit(Decimal(1), 2, "ml"),
        "en_US": Unit(Decimal("29.5735295625"), 2, "fl oz"),
    },
    # Ninths of a kelvin, because a degree of Fahrenheit is five of them: a difference.
    "warmth": {METRIC: Unit(Decimal(9), 2, "K"), "en_US": Unit(Decimal(5), 2, "°F")},
}
"""Dimension → system → unit; a system that is not there has the metric one."""


def unit_of(dimension: str, system: str) -> Unit:
    units = DIMENSIONS[dimension]
    return units.get(system) or units[METRIC]


def convert(
    value: Decimal, dimension: str, given: str, wanted: str, places: int | None = None
) -> Decimal:
    """Return *value* of the system *given* in the system *wanted*; as it is if both have one unit.

    *places* is the number of decimals if it is another than the unit's.
    """
    source, target = unit_of(dimension, given), unit_of(dimension, wanted)
    if source == target:
        return value
    exact = value * source.size / target.size
    return rounded(exact, target.places if places is None else places)


def kilograms(grams: Decimal) -> Decimal:
    """Return *grams* in kilograms, exact to the gram."""
    return rounded(grams / 1000, 3)


def kilometres(millimetres: Decimal) -> Decimal:
    return rounded(millimetres / 1_000_000, 6)


def metres(millimetres: Decimal) -> Decimal:
    return rounded(millimetres / 1000, 3)


def centimetres(millimetres: Decimal) -> Decimal:
    """Return *millimetres* in centimetres, exact to the millimetre."""
    return rounded(millimetres / 10, 1)


def bmi(grams: Decimal, millimetres: Decimal) -> Decimal:
    """kg/m² with two decimals, as Fitbit wrote it."""
    return rounded(grams / 1000 / (millimetres / 1000) ** 2, 2)


def exact(value: object) -> Decimal:
    """Return a number of JSON, where one of 64 bits is a text; never through binary fractions.

    Raises `TypeError`, `ValueError` or `ArithmeticError` for anything that is no number, or one
    that nobody measures: written out it could fill the memory.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError(f"{type(value).__name__} is not a number")
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError("a number that is not finite")
    if abs(number) >= MAX_NUMBER or abs(int(number.as_tuple().exponent)) > MAX_PLACES:
        raise ValueError("a number that nobody measures")
    return number


def rounded(value: Decimal, places: int) -> Decimal:
    """*value* with at most *places* decimals, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def integer(value: Decimal) -> int:
    """Return the whole number next to *value*, halves away from zero."""
    return int(rounded(value, 0))


def text(value: Decimal) -> str:
    """Without an exponent or trailing zeros: ``82.4``, ``80``."""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def number(value: Decimal) -> int | float:
    """For log entries, where the legacy API gives numbers: 73 or 73.5."""
    return int(value) if value == value.to_integral_value() else float(value)
