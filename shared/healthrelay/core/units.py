"""Exact conversions from a provider's base units, and the legacy way to write numbers."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_GRAMS = {"en_US": Decimal("453.59237"), "en_GB": Decimal("6350.29318")}
METRIC_GRAMS = Decimal(1000)


def mass(grams: Decimal, system: str) -> Decimal:
    """*grams* in pounds (``en_US``), stones (``en_GB``) or kilograms (anything else).

    Kilograms stay exact to the gram that was measured; the others have two decimals. The
    systems are those of the legacy API's ``Accept-Language``.
    """
    if system in _GRAMS:
        return rounded(grams / _GRAMS[system], 2)
    return rounded(grams / METRIC_GRAMS, 3)


def bmi(grams: Decimal, millimetres: Decimal) -> Decimal:
    """kg/m² with two decimals, as Fitbit wrote it."""
    return rounded(grams / METRIC_GRAMS / (millimetres / 1000) ** 2, 2)


def rounded(value: Decimal, places: int) -> Decimal:
    """*value* with at most *places* decimals, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def text(value: Decimal) -> str:
    """Without an exponent or trailing zeros: ``82.4``, ``80``."""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def number(value: Decimal) -> int | float:
    """For log entries, where the legacy API gives numbers: 73 or 73.5."""
    return int(value) if value == value.to_integral_value() else float(value)
