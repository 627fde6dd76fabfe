"""Every member of the discovery document that holds something of a wearer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.contract.discovery import document

ROOTS = {"DataPoint": "", "DailyRollupDataPoint": ":dailyRollUp", "RollupDataPoint": ":rollUp"}
"""Schema with a member for each data type → what its types are called by here."""
ACCOUNT = {
    "/identity": "Identity",
    "/profile": "Profile",
    "/settings": "Settings",
    "/pairedDevices": "PairedDevice",
    "/irnProfile": "IrnProfile",
}
"""Path of a part of the account → its schema."""
TRACK = {":exportExerciseTcx": "ExportExerciseTcxResponse"}
# A day or a time of it is one thing.
_WHOLE = {"Date", "TimeOfDay", "CivilDateTime"}

Path = tuple[str, ...]


@cache
def schemas() -> dict[str, Any]:
    told: dict[str, Any] = document()["schemas"]
    return told


def kinds() -> dict[str, str]:
    """Return each data type, rolled up or not, and each part of the account, with its schema.

    What a point has besides, its name and times, is no measurement; where it is from is a type.
    """
    types = {
        f"{name}{how}": member["$ref"]
        for root, how in ROOTS.items()
        for name, member in schemas()[root]["properties"].items()
        if reference(member) not in {"", *_WHOLE}
    }
    return types | ACCOUNT | TRACK


def members(schema: str) -> Iterator[Path]:
    """Yield the path of each member that holds a value; those of a list are those of its items."""
    for name, told in schemas()[schema]["properties"].items():
        inner = reference(told)
        if inner and inner not in _WHOLE:
            yield from ((name, *path) for path in members(inner))
        else:
            yield (name,)


def reference(told: dict[str, Any]) -> str:
    """Return the schema that a member is of, or the items of its list; empty for a plain value."""
    schema: str = told.get("items", told).get("$ref", "")
    return schema


def within(schema: str) -> set[str]:
    """Return *schema* and all that it holds."""
    found = {schema}
    for told in schemas()[schema].get("properties", {}).values():
        if inner := reference(told):
            found |= within(inner)
    return found
