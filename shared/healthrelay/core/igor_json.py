"""What Igor's XML database can hold, and how anything else is made to fit.

Measured on Igor 0.99.1: with a control character inside a *name* Igor does not start again;
a lone surrogate makes every later save fail; ``@x`` and ``#text`` are attributes and text;
under other names changes are lost silently. Records pass through here before they are stored,
so neither push nor poll can carry what would break Igor.
"""

import math
import re
from collections.abc import Mapping
from string import ascii_letters, digits

from healthrelay.core.errors import BadRequest
from healthrelay.core.json import Json

MAX_NAME = 64
MAX_DEPTH = 50

_BEGINS_NAME = frozenset(f"{ascii_letters}_")
_IN_NAME = frozenset(f"{ascii_letters}{digits}-_.")
# What XML 1.0 or Igor drops silently: C0 but tab and newline, DEL, C1, surrogates, U+FFFE/F.
# No poll and no consent meets it, so that neither waits for it to be compiled.
_UNSTORABLE = "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"


def is_name(text: str) -> bool:
    """Return whether *text* may name a person, a series or a member (1-64 characters)."""
    begins = 1 <= len(text) <= MAX_NAME and text[0] in _BEGINS_NAME
    return begins and _IN_NAME.issuperset(text) and text != "_e"


def user_name(text: str | None) -> str:
    """Return *text* when it may name a person, here and as an element in Igor."""
    if not text:
        raise BadRequest("Say which user: add user=NAME.")
    if not is_name(text):
        raise BadRequest(
            "A user name is 1 to 64 letters, digits, '-', '_' or '.';"
            " it begins with a letter or '_'."
        )
    return text


def to_igor_json(value: object, depth: int = 0) -> Json:
    """Return *value* without everything that Igor cannot store and return.

    Members with illegal names are left out; numbers that are not finite and values nested deeper
    than `MAX_DEPTH` become None; unstorable characters are removed from texts, as Igor does.
    """
    if isinstance(value, str):
        # Most are plain, and a fetch has thousands.
        plain = value.isascii() and value.isprintable()
        return value if plain else re.sub(_UNSTORABLE, "", value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth >= MAX_DEPTH:
        return None
    if isinstance(value, Mapping):
        return {
            name: to_igor_json(member, depth + 1)
            for name, member in value.items()
            if isinstance(name, str) and is_name(name)
        }
    if isinstance(value, list | tuple):
        return [to_igor_json(member, depth + 1) for member in value]
    return None
