"""Minutes by how active they were, and active zone minutes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from healthrelay.adapters.google_health.rows import QUESTIONS
from healthrelay.core.errors import TryLater
from healthrelay.core.measurements.plan import Read
from tests.adapters.google_health.moving import (
    MONDAY,
    SUNDAY,
    converted,
    interval,
    rolled,
    tolerated,
)

LEVELS = "activity-level:reconcile"


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
    expected = [{"dateTime": "2026-11-03", "value": minutes}]

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

    assert converted("activities-minutesSedentary", {LEVELS: points}) == [
        {"dateTime": "2026-11-03", "value": "100"},
        {"dateTime": "2026-11-04", "value": "10"},
        {"dateTime": "2026-11-05", "value": "1"},
        {"dateTime": "2026-11-07", "value": "3"},
    ]


def test_a_new_level_is_none_of_the_four() -> None:
    points = [stretch("03T06:00:00", "03T07:00:00", "AIRBORNE")]

    assert tolerated("activities-minutesSedentary", {LEVELS: points}) == [
        {"dateTime": "2026-11-03", "value": "0"}
    ]


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


@pytest.mark.parametrize(
    "point",
    [
        {"activityLevel": {"interval": interval("2026-11-03T06:00:00Z", "2026-11-03T07:00:00Z")}},
        {"activityLevel": {"activityLevelType": "SEDENTARY"}},
        {"activityLevel": {"interval": {"startTime": "x"}, "activityLevelType": "SEDENTARY"}},
        {"activityLevel": "SEDENTARY"},
        {},
    ],
)
def test_unknown_level_is_told_and_not_read_as_nothing(point: Any) -> None:
    with pytest.raises(TryLater, match="in an unknown shape"):
        converted("activities-minutesSedentary", {LEVELS: [point]})


def test_active_zone_minutes_are_added_as_they_are() -> None:
    points = [
        rolled(3, activeZoneMinutes={"sumInFatBurnHeartZone": "15", "sumInPeakHeartZone": "2"}),
        rolled(
            2,
            activeZoneMinutes={
                "sumInFatBurnHeartZone": "15",
                "sumInCardioHeartZone": "8",
                "sumInPeakHeartZone": 2,
            },
        ),
        rolled(4),
    ]
    raw = {"active-zone-minutes:dailyRollUp": points}

    assert tolerated("activities-active-zone-minutes", raw) == [
        {
            "dateTime": "2026-11-02",
            "value": {
                "fatBurnActiveZoneMinutes": 15,
                "cardioActiveZoneMinutes": 8,
                "peakActiveZoneMinutes": 2,
                "activeZoneMinutes": 25,
            },
        },
        {
            "dateTime": "2026-11-03",
            "value": {
                "fatBurnActiveZoneMinutes": 15,
                "cardioActiveZoneMinutes": 0,
                "peakActiveZoneMinutes": 2,
                "activeZoneMinutes": 17,
            },
        },
    ]


def test_unknown_zone_minutes_are_told() -> None:
    points = [rolled(3, activeZoneMinutes={"sumInFatBurnZone": "15"})]

    with pytest.raises(TryLater, match="in an unknown shape"):
        converted("activities-active-zone-minutes", {"active-zone-minutes:dailyRollUp": points})
