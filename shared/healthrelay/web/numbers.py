"""Numbers among a request's arguments."""

from __future__ import annotations

from collections.abc import Mapping

from healthrelay.core.errors import BadRequest


def number(said: Mapping[str, str], name: str, otherwise: int, allowed: range) -> int:
    """The argument *name*, or *otherwise* when it was not given."""
    text = said.get(name)
    if text is None:
        return otherwise
    if not text.isascii() or not text.isdigit() or len(text) > 12 or int(text) not in allowed:
        raise BadRequest(f"{name} is a number from {allowed.start} to {allowed.stop - 1}.")
    return int(text)
