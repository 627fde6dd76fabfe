"""Exact conversions between units, and the legacy way to write numbers.

A unit *system* is one of the legacy API's ``Accept-Language``: ``en_US`` with pounds and miles,
``en_GB`` with stones and else metric units, and metric for any other. What is stored is metric.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

METRIC = "metric"


class Unit(NamedTuple):
    """A unit: how many of the dimension's base units it is, and the decimals that are written."""

    size: Decimal
    places: int


DIMENSIONS: dict[str, dict[str, Unit]] = {
    # Grams.
    "mass": {
        METRIC: Unit(Decimal(1000), 3),
        "en_US": Unit(Decimal("453.59237"), 2),
        "en_GB": Unit(Decimal("6350.29318"), 3),
    },
    # Millimetres: of a way, of what was climbed, of a body or its stride.
    "distance": {METRIC: Unit(Decimal(1_000_000), 6), "en_US": Unit(Decimal(1_609_344), 6)},
    "height": {METRIC: Unit(Decimal(1000), 3), "en_US": Unit(Decimal("304.8"), 3)},
    "length": {METRIC: Unit(Decimal(10), 1), "en_US": Unit(Decimal("25.4"), 1)},
    # Millilitres.
    "volume": {METRIC: Unit(Decimal(1), 2), "en_US": Unit(Decimal("29.5735295625"), 2)},
    # Ninths of a kelvin, because a degree of Fahrenheit is five of them: a difference.
    "warmth": {METRIC: Unit(Decimal(9), 2), "en_US": Unit(Decimal(5), 2)},
}
"""Dimension → system → unit; a system that is not there has the metric one."""

_MASS_SYMBOLS = {"en_US": "lb", "en_GB": "st"}


def mass_symbol(system: str) -> str:
    return _MASS_SYMBOLS.get(system, "kg")


def convert(
    value: Decimal, dimension: str, given: str, wanted: str, places: int | None = None
) -> Decimal:
    """Return *value* of the system *given* in the system *wanted*; as it is if both have one unit.

    *places* is the number of decimals if it is another than the unit's.
    """
    units = DIMENSIONS[dimension]
    source, target = (units.get(system) or units[METRIC] for system in (given, wanted))
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


_GRAMS = {"en_US": Decimal("453.59237"), "en_GB": Decimal("6350.29318")}
METRIC_GRAMS = Decimal(1000)
_MILE, _KILOMETRE = Decimal(1_609_344), Decimal(1_000_000)
_FOOT, _METRE = Decimal("304.8"), Decimal(1000)
_INCH, _CENTIMETRE = Decimal("25.4"), Decimal(10)
_FLUID_OUNCE = Decimal("29.5735295625")


def mass(grams: Decimal, system: str) -> Decimal:
    """*grams* in pounds (``en_US``), stones (``en_GB``) or kilograms (anything else).

    Kilograms stay exact to the gram that was measured; the others have two decimals. The
    systems are those of the legacy API's ``Accept-Language``.
    """
    if system in _GRAMS:
        return rounded(grams / _GRAMS[system], 2)
    return rounded(grams / METRIC_GRAMS, 3)


def distance(millimetres: Decimal, system: str) -> Decimal:
    """*millimetres* in miles (``en_US``) or kilometres (anything else), with six decimals."""
    return rounded(millimetres / (_MILE if system == "en_US" else _KILOMETRE), 6)


def height(millimetres: Decimal, system: str) -> Decimal:
    """*millimetres* in feet (``en_US``) or metres (anything else), with three decimals."""
    return rounded(millimetres / (_FOOT if system == "en_US" else _METRE), 3)


def length(millimetres: Decimal, system: str) -> Decimal:
    """*millimetres* of a body or stride in inches (``en_US``) or centimetres, with one decimal."""
    return rounded(millimetres / (_INCH if system == "en_US" else _CENTIMETRE), 1)


def volume(millilitres: Decimal, system: str) -> Decimal:
    """*millilitres* in fluid ounces (``en_US``) or as they are, with two decimals."""
    return rounded(millilitres / _FLUID_OUNCE if system == "en_US" else millilitres, 2)


def warmer(celsius: Decimal, system: str) -> Decimal:
    """Return a difference of *celsius* in degrees Fahrenheit (``en_US``), with two decimals."""
    return rounded(celsius * 9 / 5 if system == "en_US" else celsius, 2)


def converted(value: Decimal, dimension: str, given: str, wanted: str) -> Decimal:
    """*value* of the system *given* in the system *wanted*; untouched where both are the same.

    *dimension* is ``mass``, ``distance``, ``height`` or ``volume``; anything else, such as
    ``percent``, is the same in every system.
    """
    if dimension not in _DIMENSIONS:
        return value
    read, write = _DIMENSIONS[dimension]
    return value if read(given) == read(wanted) else write(value * read(given), wanted)


_DIMENSIONS: dict[str, tuple[Callable[[str], Decimal], Callable[[Decimal, str], Decimal]]] = {
    "mass": (lambda system: _GRAMS.get(system, METRIC_GRAMS), mass),
    "distance": (lambda system: _MILE if system == "en_US" else _KILOMETRE, distance),
    "height": (lambda system: _FOOT if system == "en_US" else _METRE, height),
    "volume": (lambda system: _FLUID_OUNCE if system == "en_US" else Decimal(1), volume),
}
"""Dimension → how many base units one unit of a system is, and how to write base units."""


def exact(value: object) -> Decimal:
    """Return a number of JSON, where one of 64 bits is a text; never through binary fractions.

    Raises `TypeError`, `ValueError` or `ArithmeticError` for anything that is no number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError(f"{type(value).__name__} is not a number")
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError("a number that is not finite")
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
