"""A person's name, here and as an element in Igor."""

from __future__ import annotations

from healthrelay.core.errors import BadRequest
from healthrelay.core.igor_json import is_name


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
