"""What Igor's XML database can hold, and how anything else is made to fit.

Measured on Igor 0.99.1: a control character inside a *name* is stored raw and Igor does
not start again; a lone surrogate makes every later save fail; ``@x`` and ``#text`` are
attributes and text to it; other names lose changes without a word. Records pass through
here before they are stored, so neither way out can carry what would break the home.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from healthrelay.core.json import Json

NAME = re.compile(r"[A-Za-z_][-_.A-Za-z0-9]{0,63}", re.ASCII)
MAX_DEPTH = 50

# What XML 1.0 or Igor drops in silence: C0 but tab and newline, DEL, C1, surrogates, U+FFFE/F.
_UNSTORABLE = "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"


def is_name(text: str) -> bool:
    """Whether *text* may name a person, a series or a member (1-64 characters)."""
    return NAME.fullmatch(text) is not None and text != "_e"


def digestible(value: object, depth: int = 0) -> Json:
    """Return *value* with everything removed that Igor cannot store and give back.

    Members with illegal names, numbers that are not finite and values nested deeper than
    `MAX_DEPTH` become absent; unstorable characters vanish from texts, as Igor would do.
    """
    if isinstance(value, str):
        return re.sub(_UNSTORABLE, "", value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth >= MAX_DEPTH:
        return None
    if isinstance(value, Mapping):
        return {
            name: digestible(member, depth + 1)
            for name, member in value.items()
            if isinstance(name, str) and is_name(name)
        }
    if isinstance(value, list | tuple):
        return [digestible(member, depth + 1) for member in value]
    return None
