"""Reading the JSON of strangers."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

MAX_NUMBER_LENGTH = 100
MAX_EXPONENT_LENGTH = 4


def parse_json(body: bytes) -> Any:
    """Return *body* with decimals kept exact (`Decimal`); None when it is not JSON.

    A number that is not finite, or longer than any amount is written, is None.
    """
    try:
        return json.loads(
            body, parse_float=_bounded(Decimal), parse_int=_bounded(int), parse_constant=_no_number
        )
    except (ValueError, RecursionError):
        return None


def _bounded(convert: Callable[[str], Any]) -> Callable[[str], Any]:
    """Bound a number before it is converted: one of a million digits would take for ever."""

    def bounded(text: str) -> Any:
        exponent = text.lower().partition("e")[2]
        fits = len(text) <= MAX_NUMBER_LENGTH and len(exponent) <= MAX_EXPONENT_LENGTH
        return convert(text) if fits else None

    return bounded


def _no_number(_name: str) -> None:
    """Return None for NaN and the infinities, which JSON does not have but senders write."""
