"""Exact numbers: rounding them, and handing them to JSON."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def round_half_up(value: Decimal, places: int) -> Decimal:
    """*value* with *places* decimals, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def number(value: Decimal) -> int | float:
    """*value* as a JSON number: an integer where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)
