"""The one reader of JSON that comes from outside: a request's, a provider's, a file's.

What it returns can be walked, compared, encoded and stored without another thought: no nesting
that exhausts a stack, no number of a million digits, no half of a surrogate pair. Whoever takes
bytes from outside bounds how many there are.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

MAX_DEPTH = 100
"""Of lists and objects in each other; a provider's answers have about eight."""
MAX_NUMBER_LENGTH = 100
MAX_EXPONENT_LENGTH = 4
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b'"[]{}')
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = re.compile(rf"({_HIGH}{_LOW})|{_HIGH}|{_LOW}|(\\.)", re.DOTALL)
_LONE = "\\ufffd"


def parse_json(
    body: bytes,
    not_finite: Callable[[str], Any] = lambda _name: None,
    *,
    decimal: Callable[[str], Any] = Decimal,
    members: Callable[[list[tuple[str, Any]]], Any] | None = None,
) -> Any:
    """Return *body* with decimals kept exact, or as *decimal* makes them; None for no JSON.

    A number longer than any amount is written is None. So are NaN and the infinities, which JSON
    does not have but senders write, unless *not_finite* makes something else of their names.
    What is no Unicode, in UTF-8 (RFC 8259, 8.1) or escaped, becomes U+FFFD. *members* makes an
    object of its pairs. What is nested deeper than `MAX_DEPTH` counts as no JSON.
    """
    if _is_deep(body):
        return None
    try:
        return json.loads(
            _pair_surrogates(body.decode("utf-8-sig", "replace")),
            parse_float=_bounded(decimal),
            parse_int=_bounded(int),
            parse_constant=not_finite,
            object_pairs_hook=members,
        )
    except ValueError:
        return None


def _is_deep(body: bytes) -> bool:
    """Return whether the brackets of *body* do not close within `MAX_DEPTH`, or not at all.

    Strings are cut out one by one only where one may hold a bracket: that takes as long as
    reading all of it.
    """
    brackets = body.translate(None, _NOT_BRACKETS).replace(b'""', b"")
    if b'\\"' in body or b'"' in brackets:
        brackets = _STRING.sub(b"", body).translate(None, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return False
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
    return bool(brackets)


def _pair_surrogates(text: str) -> str:
    """Return *text* with each half of a pair that was escaped alone as U+FFFD."""
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _ESCAPE.sub(lambda found: found[0] if found[1] or found[2] else _LONE, text)


def _bounded(convert: Callable[[str], Any]) -> Callable[[str], Any]:
    """Bound a number before it is converted: one of a million digits would take for ever."""

    def bounded(text: str) -> Any:
        exponent = text.lower().partition("e")[2]
        fits = len(text) <= MAX_NUMBER_LENGTH and len(exponent) <= MAX_EXPONENT_LENGTH
        return convert(text) if fits else None

    return bounded
