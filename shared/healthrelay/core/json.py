"""What JSON can hold, what we call it where, and how we write it."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

Document = Mapping[str, Json]
"""What a store keeps as one piece."""

Raw = Mapping[str, Any]
"""One element as a provider sent it: its own words, read by nobody but its adapter."""


class Versioned(NamedTuple):
    """A stored document and the version that a compare-and-set must name."""

    document: Document
    version: int


def to_text(value: object) -> str:
    """Return *value* as JSON in ASCII, without spaces."""
    return json.dumps(value, separators=(",", ":"))


def merge(known: Mapping[str, Json], newer: Mapping[str, Json]) -> dict[str, Json]:
    """Return *newer* with the members that only *known* has, in objects within it too."""
    merged = dict(known)
    for name, value in newer.items():
        before = known.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[name] = merge(before, value)
        else:
            merged[name] = value
    return merged
