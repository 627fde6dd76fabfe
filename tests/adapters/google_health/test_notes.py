"""What a wearer writes to a measurement by hand comes with it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.google_health.moving import converted, tolerated

GLUCOSE = "bloodGlucoseMilligramsPerDeciliter"
TYPES = [
    ("weight", "weight:reconcile", {"weightGrams": 82400}),
    ("glucose", "blood-glucose:reconcile", {GLUCOSE: 91}),
]


def read(series: str, source: str, value: dict[str, Any], **notes: Any) -> Any:
    time = {"physicalTime": "2026-11-03T06:12:00Z", "utcOffset": "3600s"}
    kind = {"weight": "weight", "glucose": "bloodGlucose"}[series]
    point = {kind: {"sampleTime": time, **value, **notes}}
    convert = tolerated if None in notes.values() else converted
    (element,) = convert(series, {source: [point]})
    return element


@pytest.mark.parametrize(("series", "source", "value"), TYPES)
def test_notes_of_a_measurement(series: str, source: str, value: dict[str, Any]) -> None:
    plain = read(series, source, value)

    assert read(series, source, value, notes="after a run") == plain | {"notes": "after a run"}


@pytest.mark.parametrize("nothing", ["", None])
@pytest.mark.parametrize(("series", "source", "value"), TYPES)
def test_no_notes_say_nothing(
    series: str, source: str, value: dict[str, Any], nothing: str | None
) -> None:
    assert read(series, source, value, notes=nothing) == read(series, source, value)
