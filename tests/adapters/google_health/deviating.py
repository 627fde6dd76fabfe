"""Points made from Google's own description, and every way in which one member may deviate."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from tests.contract.discovery import document

OFFSET = "3600s"
NEW_KIND = "BRAND_NEW"
_TIMES = {"startTime": "06:00:00", "endTime": "07:00:00", "physicalTime": "06:30:00"}
_PLAIN = {"integer": 12, "number": 12.5, "boolean": True, "string": "a text"}
_OF_THE_HOUR = {"minutesInSleepPeriod": "60", "minutesAsleep": "30", "minutes": "60", "count": "1"}
"""What says the same as the times of an interval or a stage."""

Path = tuple[str | int, ...]


class Deviation(NamedTuple):
    """One member that deviates."""

    name: str
    path: Path
    point: Any


@cache
def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = document()["schemas"]
    return schemas


def schema_of(name: str) -> dict[str, Any]:
    """Return the description of the type *name*."""
    described: dict[str, Any] = _schemas()[name]
    return described


def make_value(schema: dict[str, Any], day: int, name: str = "") -> Any:
    """Return a value as *schema* describes it, of a day of November 2026."""
    if ref := schema.get("$ref"):
        if ref == "Date":
            return {"year": 2026, "month": 11, "day": day}
        members = schema_of(ref)["properties"]
        return {each: make_value(member, day, each) for each, member in members.items()}
    if schema["type"] == "array":
        return [make_value(schema["items"], day, name)]
    if "enum" in schema:
        # The first one is unspecified.
        return schema["enum"][-1]
    return _make_plain(schema, day, name)


def _make_plain(schema: dict[str, Any], day: int, name: str) -> Any:
    shape = schema.get("format", "")
    if shape == "google-datetime":
        return f"2026-11-{day:02}T{_TIMES.get(name, '08:00:00')}Z"
    if shape == "int64":
        return _OF_THE_HOUR.get(name, "12")
    if shape == "google-duration":
        return OFFSET if name.lower().endswith("utcoffset") else "600s"
    if name in ("name", "dataPointName"):
        return f"users/1/dataTypes/x/dataPoints/{day}"
    return _PLAIN[schema["type"]]


def deviate(point: dict[str, Any], schemas: dict[str, Any]) -> Iterator[Deviation]:
    """Yield *point* with each of its members deviating in each way; *schemas* are its members'."""
    for whole in ({}, None, [], "a text", 7):
        yield Deviation("another point", (), whole)
    for path, schema in _members((), point, schemas):
        for name, value in _values(schema):
            yield Deviation(name, path, _with(point, path, value))
        yield Deviation("absent", path, _without(point, path))
        if isinstance(_at(point, path), dict):
            yield Deviation("extra", path, _with(point, (*path, "brandNew"), {"some": ["thing"]}))


def other_members(point: dict[str, Any], kind: str, others: list[str]) -> Iterator[Deviation]:
    """Yield *point* with what it holds under another name of the union."""
    for other in others:
        rest = {name: value for name, value in point.items() if name != kind}
        yield Deviation("other union member", (kind,), {**rest, other: point[kind]})


def _values(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "null", None
    yield "not a number", "NaN"
    yield "infinite", float("-inf")
    yield "empty text", ""
    yield "empty object", {}
    yield "empty list", []
    if "enum" in schema:
        yield "unknown enum", NEW_KIND
        yield "unspecified enum", "KIND_UNSPECIFIED"


def _members(path: Path, value: Any, schemas: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield each member below *value*, however deep, with its description."""
    for name, schema in schemas.items():
        if name in value:
            yield (*path, name), schema
            yield from _below((*path, name), value[name], schema)


def _below(path: Path, value: Any, schema: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, list):
        yield (*path, 0), schema["items"]
        yield from _below((*path, 0), value[0], schema["items"])
    elif isinstance(value, dict) and "$ref" in schema:
        yield from _members(path, value, schema_of(schema["$ref"])["properties"])


def _at(point: Any, path: Path) -> Any:
    for step in path:
        point = point[step]
    return point


def _with(point: Any, path: Path, value: Any) -> Any:
    changed = copy.deepcopy(point)
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def _without(point: Any, path: Path) -> Any:
    changed = copy.deepcopy(point)
    del _at(changed, path[:-1])[path[-1]]
    return changed
