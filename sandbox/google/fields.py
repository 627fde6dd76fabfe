"""Partial responses: the `fields` parameter, such as `dataPoints(weight,name),nextPageToken`."""

from __future__ import annotations

import re
from typing import Any

from sandbox.google.errors import ApiError, invalid

_TOKEN = re.compile(r"[A-Za-z0-9_*]+|[(),/]")

# What is kept of each member; an empty mask keeps everything below.
Mask = dict[str, "Mask"]


def parse(text: str) -> Mask:
    """Read a field mask, or refuse it."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise _bad(text)
    mask = _list(tokens, text)
    if tokens:
        raise _bad(text)
    return mask


def keep(value: Any, mask: Mask) -> Any:
    """Return the part of a JSON *value* that *mask* selects."""
    if isinstance(value, list):
        return [keep(item, mask) for item in value]
    if not mask or "*" in mask or not isinstance(value, dict):
        return value
    return {name: keep(value[name], mask[name]) for name in value if name in mask}


def _list(tokens: list[str], text: str) -> Mask:
    mask: Mask = {}
    while True:
        name, below = _field(tokens, text)
        mask.setdefault(name, {}).update(below)
        if tokens[:1] != [","]:
            return mask
        tokens.pop(0)


def _field(tokens: list[str], text: str) -> tuple[str, Mask]:
    name = tokens.pop(0) if tokens else ""
    if name in ("", "(", ")", ",", "/"):
        raise _bad(text)
    if tokens[:1] == ["/"]:
        tokens.pop(0)
        return name, dict([_field(tokens, text)])
    if tokens[:1] == ["("]:
        tokens.pop(0)
        below = _list(tokens, text)
        if not tokens or tokens.pop(0) != ")":
            raise _bad(text)
        return name, below
    return name, {}


def _bad(text: str) -> ApiError:
    return invalid("fields", f"Invalid field selection {text}")
