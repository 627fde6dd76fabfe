"""The heart's day."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.google_health.moving import assert_unknown, converted, dated, rolled, tolerated
from tests.adapters.reading import values

RESTING, BOUNDS = "daily-resting-heart-rate:reconcile", "daily-heart-rate-zones:reconcile"
SPENT, BURNED = "time-in-heart-rate-zone:dailyRollUp", "calories-in-heart-rate-zone:dailyRollUp"


def resting(day: int, **rate: Any) -> dict[str, Any]:
    how = {"dailyRestingHeartRateMetadata": {"calculationMethod": "WITH_SLEEP"}}
    return {"dailyRestingHeartRate": {"date": dated(day), **rate, **how}}


def bounds(day: int) -> dict[str, Any]:
    zones = [
        {"heartRateZoneType": "LIGHT", "minBeatsPerMinute": "30", "maxBeatsPerMinute": "104"},
        {"heartRateZoneType": "MODERATE", "minBeatsPerMinute": "104", "maxBeatsPerMinute": "131"},
        {"heartRateZoneType": "VIGOROUS", "minBeatsPerMinute": "131", "maxBeatsPerMinute": "163"},
        {"heartRateZoneType": "PEAK", "minBeatsPerMinute": "163"},
    ]
    return {"dailyHeartRateZones": {"date": dated(day), "heartRateZones": zones}}


def spent(day: int, member: str = "duration", **seconds: str) -> dict[str, Any]:
    zones = [{"heartRateZone": zone, member: length} for zone, length in seconds.items()]
    return rolled(day, timeInHeartRateZone={"timeInHeartRateZones": zones})


def burned(day: int, member: str = "kcal", **kcal: float) -> dict[str, Any]:
    zones = [{"heartRateZone": zone, member: energy} for zone, energy in kcal.items()]
    return rolled(day, caloriesInHeartRateZone={"caloriesInHeartRateZones": zones})


def heart(*zones: dict[str, Any], **resting: int) -> dict[str, Any]:
    """Return the value of a day."""
    return {"customHeartRateZones": [], "heartRateZones": list(zones), **resting}


def test_everything_of_a_day() -> None:
    raw = {
        RESTING: [resting(3, beatsPerMinute="57")],
        BOUNDS: [bounds(3)],
        SPENT: [spent(3, LIGHT="54000s", MODERATE="1559.5s", VIGOROUS="600s")],
        BURNED: [burned(3, LIGHT=1500.5, MODERATE=150.204)],
    }

    expected = heart(
        {"caloriesOut": 1500.5, "max": 104, "min": 30, "minutes": 900, "name": "Out of Range"},
        {"caloriesOut": 150.2, "max": 131, "min": 104, "minutes": 25, "name": "Fat Burn"},
        {"caloriesOut": 0, "max": 163, "min": 131, "minutes": 10, "name": "Cardio"},
        {"caloriesOut": 0, "min": 163, "minutes": 0, "name": "Peak"},
        restingHeartRate=57,
    )
    assert converted("activities-heart", raw) == values(d3=expected)


def test_what_is_unknown_of_a_day_is_left_out() -> None:
    raw = {
        RESTING: [resting(8), resting(5, beatsPerMinute=61), resting(2, beatsPerMinute="58")],
        BOUNDS: [bounds(5), bounds(6)],
        SPENT: [spent(7, PEAK="60s"), rolled(4)],
    }

    days = {e["dateTime"]: e["value"] for e in tolerated("activities-heart", raw)}

    assert list(days) == ["2026-11-02", "2026-11-05", "2026-11-07"]
    assert days["2026-11-02"] == heart(restingHeartRate=58)
    zone = days["2026-11-05"]["heartRateZones"][0]
    assert zone == {"max": 104, "min": 30, "name": "Out of Range"}
    assert days["2026-11-07"] == heart(
        {"minutes": 0, "name": "Out of Range"},
        {"minutes": 0, "name": "Fat Burn"},
        {"minutes": 0, "name": "Cardio"},
        {"minutes": 1, "name": "Peak"},
    )


@pytest.mark.parametrize(
    ("source", "point"),
    [
        (RESTING, {"dailyRestingHeartRate": {"date": dated(3), "beats": "57"}}),
        (RESTING, {"dailyRestingHeartRate": {"beatsPerMinute": "57"}}),
        (RESTING, {"restingHeartRate": {}}),
        (BOUNDS, {"dailyHeartRateZones": {"date": dated(3), "zones": []}}),
        (SPENT, rolled(3, timeInHeartRateZone={"timeInZones": []})),
        (SPENT, spent(3, "seconds", PEAK="60")),
        (BURNED, burned(3, "kilojoules", PEAK=60)),
        (BURNED, rolled(3, caloriesInHeartRateZone={"caloriesInHeartRateZones": [{"kcal": 60}]})),
    ],
)
def test_unknown_shape_is_told_and_not_read_as_nothing(source: str, point: Any) -> None:
    assert_unknown("activities-heart", {source: [point]})


def test_a_rate_between_two_is_rounded_half_up() -> None:
    days = tolerated("activities-heart", {RESTING: [resting(3, beatsPerMinute=56.5)]})

    assert days == values(d3=heart(restingHeartRate=57))
