"""Reading the JSON of strangers."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

MAX_NUMBER_LENGTH = 100
MAX_EXPONENT_LENGTH = 4


def parse_json(body: bytes, not_finite: Callable[[str], Any] = lambda _name: None) -> Any:
    """Return *body* with decimals kept exact (`Decimal`); None when it is not JSON.

    A number longer than any amount is written is None. So are NaN and the infinities, which JSON
    does not have but senders write, unless *not_finite* makes something else of their names.
    """
    try:
        return json.loads(
            body, parse_float=_bounded(Decimal), parse_int=_bounded(int), parse_constant=not_finite
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
