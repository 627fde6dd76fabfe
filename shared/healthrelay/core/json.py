"""What JSON can hold, what we call it where, how we write it, and how strictly we read our own."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

Document = Mapping[str, Json]
"""What a store keeps as one piece."""

Raw = Mapping[str, Any]
"""One element as a provider sent it: its own words, read by nobody but its adapter."""


ODD = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError)
"""What reading raises that meets another shape than it expects."""


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


def to_object(text: str | bytes) -> dict[str, Any]:
    """Return the JSON object that *text* is. Raise `ValueError` and its like for anything else."""
    value: dict[str, Any] = require(json.loads(text), dict)
    return value


def to_strings(values: Any) -> dict[str, str]:
    """Return the names and texts of an object; a number becomes a text."""
    return {
        name: str(require(value, str, int, float)) for name, value in require(values, dict).items()
    }


def require(value: Any, *kinds: type[Any]) -> Any:
    """Return *value* if it is of one of *kinds*. Raise `TypeError`."""
    if not isinstance(value, kinds):
        raise TypeError(f"no {kinds[0].__name__}")
    return value


def instant(text: str) -> datetime:
    """Return the aware instant that *text* is in ISO form. Raise `ValueError`."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant has a zone")
    return at


def require_members(values: Any, kinds: Mapping[str, Any], needed: Collection[str] = ()) -> None:
    """Raise unless the object *values* has all that is *needed*, and each of *kinds* is of its own.

    What is missing, or null, may be so where it is not needed. Raise `KeyError` and `TypeError`.
    """
    for name in needed:
        require(values[name], kinds[name])
    for name, value in require(values, dict).items():
        if value is not None and not isinstance(value, kinds.get(name, object)):
            raise TypeError(name)


def require_instants(*texts: str | None) -> None:
    """Raise `ValueError` unless each of *texts* that is not empty is an aware instant."""
    for text in texts:
        if text:
            instant(text)
