"""Minutes by how active they were, and active zone minutes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from healthrelay.adapters.google_health.rows import QUESTIONS
from healthrelay.core.measurements.reads import Read
from tests.adapters.google_health.moving import (
    assert_unknown,
    converted,
    interval,
    rolled,
    tolerated,
)
from tests.adapters.reading import MONDAY, SUNDAY, values

LEVELS, ZONES = "activity-level:reconcile", "active-zone-minutes:dailyRollUp"
SERIES = {LEVELS: "activities-minutesSedentary", ZONES: "activities-active-zone-minutes"}


def stretch(start: str, end: str, level: str, offset: str | None = "3600s") -> dict[str, Any]:
    span = interval(f"2026-11-{start}Z", f"2026-11-{end}Z", offset)
    return {"activityLevel": {"interval": span, "activityLevelType": level}}


DAY = [
    stretch("03T06:00:00", "03T07:30:00", "SEDENTARY"),
    stretch("03T07:30:00", "03T07:45:00", "LIGHTLY_ACTIVE"),
    stretch("03T07:45:00", "03T07:50:30", "MODERATELY_ACTIVE"),
    stretch("03T07:50:30", "03T08:30:30", "SEDENTARY"),
    stretch("03T08:30:30", "03T08:31:00", "MODERATELY_ACTIVE"),
]


@pytest.mark.parametrize(
    ("name", "minutes"),
    [
        ("minutesSedentary", "130"),
        ("minutesLightlyActive", "15"),
        ("minutesFairlyActive", "6"),
        ("minutesVeryActive", "0"),
    ],
)
def test_minutes_at_each_level(name: str, minutes: str) -> None:
    expected = values(d3=minutes)

    assert converted(f"activities-{name}", {LEVELS: DAY}) == expected
    of_tracker = {f"{LEVELS} of google-wearables": DAY}
    assert converted(f"activities-tracker-{name}", of_tracker) == expected


def test_a_stretch_belongs_to_the_local_day_on_which_it_begins() -> None:
    points = [
        stretch("03T22:30:00", "04T00:10:00", "SEDENTARY"),
        stretch("03T23:30:00", "03T23:40:00", "SEDENTARY"),
        stretch("05T23:30:00", "05T23:31:00", "SEDENTARY", "-18000s"),
        stretch("06T23:30:00", "06T23:33:00", "SEDENTARY", None),
    ]

    expected = values(d3="100", d4="10", d5="1", d7="3")
    assert converted("activities-minutesSedentary", {LEVELS: points}) == expected


def test_a_new_level_is_none_of_the_four() -> None:
    points = [stretch("03T06:00:00", "03T07:00:00", "AIRBORNE")]

    assert tolerated("activities-minutesSedentary", {LEVELS: points}) == []
    known = stretch("03T07:00:00", "03T07:20:00", "SEDENTARY")
    raw = {LEVELS: [*points, known]}
    assert tolerated("activities-minutesSedentary", raw) == values(d3="20")


def test_levels_are_asked_for_as_one_merged_stream() -> None:
    whole, tracker = (
        QUESTIONS[name].request(Read(name, MONDAY, SUNDAY), "next")
        for name in (LEVELS, f"{LEVELS} of google-wearables")
    )

    wanted = (
        'activity_level.interval.civil_start_time >= "2026-11-02"'
        ' AND activity_level.interval.civil_start_time < "2026-11-09"'
    )
    assert whole.method == "GET"
    assert whole.path == (
        "/dataTypes/activity-level/dataPoints:reconcile"
        f"?pageSize=10000&filter={quote(wanted)}&pageToken=next"
    )
    assert tracker.path == (
        f"{whole.path}&dataSourceFamily=users%2Fme%2FdataSourceFamilies%2Fgoogle-wearables"
    )


SEATED = {"activityLevelType": "SEDENTARY"}


@pytest.mark.parametrize(
    ("source", "point"),
    [
        (LEVELS, {"activityLevel": {"interval": DAY[0]["activityLevel"]["interval"]}}),
        (LEVELS, {"activityLevel": SEATED}),
        (LEVELS, {"activityLevel": {**SEATED, "interval": {"startTime": "x"}}}),
        (LEVELS, {"activityLevel": "SEDENTARY"}),
        (LEVELS, {}),
        (ZONES, rolled(3, activeZoneMinutes={"sumInFatBurnZone": "15"})),
    ],
)
def test_unknown_shape_is_told_and_not_read_as_nothing(source: str, point: Any) -> None:
    assert_unknown(SERIES[source], {source: [point]})


def zone_minutes(fat: int, cardio: int, peak: int) -> dict[str, int]:
    parts = {"fatBurn": fat, "cardio": cardio, "peak": peak}
    zones = {f"{zone}ActiveZoneMinutes": minutes for zone, minutes in parts.items()}
    return {**zones, "activeZoneMinutes": fat + cardio + peak}


def test_active_zone_minutes_are_added_as_they_are() -> None:
    sums = {"sumInFatBurnHeartZone": "15", "sumInPeakHeartZone": "2"}
    more = {**sums, "sumInCardioHeartZone": "8", "sumInPeakHeartZone": 2}
    points = [rolled(3, activeZoneMinutes=sums), rolled(2, activeZoneMinutes=more), rolled(4)]

    assert tolerated(SERIES[ZONES], {ZONES: points}) == values(
        d2=zone_minutes(15, 8, 2), d3=zone_minutes(15, 0, 2)
    )
