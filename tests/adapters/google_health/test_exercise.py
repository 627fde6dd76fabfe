"""The log of exercise, and the summary of a day."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.google_health.moving import (
    assert_unknown,
    converted,
    dated,
    interval,
    rolled,
    set_aside,
    tolerated,
)

RUN: dict[str, Any] = {
    "dataPointName": "users/1/dataTypes/exercise/dataPoints/789",
    "exercise": {
        "exerciseType": "RUNNING",
        "displayName": "Run",
        "interval": interval("2026-11-03T17:05:10Z", "2026-11-03T17:40:10Z"),
        "activeDuration": "1800s",
        "metricsSummary": {
            "caloriesKcal": 310.4,
            "distanceMillimeters": 5012000.0,
            "steps": "5100",
            "averageHeartRateBeatsPerMinute": "148",
        },
        "exerciseMetadata": {"hasGps": True},
    },
}
LIFT: dict[str, Any] = {
    "dataPointName": "users/1/dataTypes/exercise/dataPoints/6f1c-uuid",
    "exercise": {
        "exerciseType": "STRENGTH_TRAINING",
        "interval": interval("2026-11-03T23:30:00Z", "2026-11-04T00:15:00Z", "-18000s"),
    },
}


def test_exercise_log() -> None:
    assert converted("activities", {"exercise:reconcile": [LIFT, RUN]}) == [
        {
            "activeDuration": 1_800_000,
            "averageHeartRate": 148,
            "calories": 310,
            "distance": 5.01,
            "duration": 2_100_000,
            "hasStartTime": True,
            "logId": 789,
            "name": "Run",
            "startDate": "2026-11-03",
            "startTime": "18:05",
            "steps": 5100,
        },
        {
            "duration": 2_700_000,
            "hasStartTime": True,
            "logId": 1567346137966653,
            "name": "Strength training",
            "startDate": "2026-11-03",
            "startTime": "18:30",
        },
    ]


HALF: dict[str, Any] = {
    "startTime": "2026-11-03T17:05:10Z",
    "startUtcOffset": "3600s",
    "endTime": "2026-11-03T17:22:10Z",
    "endUtcOffset": "3600s",
    "splitType": "DISTANCE",
    "metricsSummary": {"distanceMillimeters": 2500000, "averageHeartRateBeatsPerMinute": "141"},
}
MORE: dict[str, Any] = {
    "activeZoneMinutes": "40",
    "elevationGainMillimeters": 30480,
    "heartRateZoneDurations": {"lightTime": "65s", "vigorousTime": "1200s"},
    "totalSwimLengths": 12,
}


def with_more(metrics: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return the run with more of its *metrics*, and more *members*."""
    exercise = RUN["exercise"]
    summary = {**exercise["metricsSummary"], **metrics}
    return {**RUN, "exercise": {**exercise, **members, "metricsSummary": summary}}


def test_exercise_with_heart_zones_elevation_and_splits() -> None:
    point = with_more(MORE, notes="windy", splits=[HALF], splitSummaries=[HALF])
    raw = {"exercise:reconcile": [point]}
    (plain,) = converted("activities", {"exercise:reconcile": [RUN]})
    (run,) = converted("activities", raw)

    half = {
        "averageHeartRate": 141,
        "distance": 2.5,
        "duration": 1_020_000,
        "splitType": "DISTANCE",
        "startTime": "2026-11-03T18:05:10.000",
    }
    assert run == plain | {
        "activeZoneMinutes": {"totalMinutes": 40},
        "elevationGain": 30.48,
        "heartRateZones": [
            {"minutes": 1, "name": "Out of Range"},
            {"minutes": 20, "name": "Cardio"},
        ],
        "laps": [half],
        "notes": "windy",
        "splits": [half],
        "swimLengths": 12,
    }
    (miles,) = converted("activities", raw, system="en_US")
    assert miles["elevationGain"] == 100
    assert miles["splits"][0]["distance"] == 1.55


@pytest.mark.parametrize(
    "metrics",
    [
        {"activeZoneMinutes": None},
        {"averageHeartRateBeatsPerMinute": "NaN"},
        {"heartRateZoneDurations": None},
        {"heartRateZoneDurations": {"lightTime": None}},
        {"heartRateZoneDurations": {}},
        {"elevationGainMillimeters": "Infinity"},
    ],
    ids=str,
)
def test_what_is_not_known_of_an_exercise_is_left_out(metrics: Any) -> None:
    (run,) = tolerated("activities", {"exercise:reconcile": [with_more(metrics)]})
    (plain,) = converted("activities", {"exercise:reconcile": [RUN]})

    assert run.items() <= plain.items()


@pytest.mark.parametrize("odd", [7, None, {}, {**HALF, "endTime": "2026-11-03T17:00:00Z"}], ids=str)
def test_a_split_that_cannot_be_read_is_set_aside_alone(odd: Any) -> None:
    source = "exercise:reconcile"
    good = set_aside("activities", {source: [with_more({}, splits=[HALF])]})
    both = set_aside("activities", {source: [with_more({}, splits=[odd, HALF])]})

    assert both.elements == good.elements
    assert (good.odd, both.odd) == ({}, {"2026-11-03": 1})


def test_exercise_in_miles() -> None:
    (run,) = converted("activities", {"exercise:reconcile": [RUN]}, system="en_US")

    assert run["distance"] == 3.11


@pytest.mark.parametrize("kind", [{}, {"exerciseType": "EXERCISE_TYPE_UNSPECIFIED"}])
def test_an_exercise_of_no_known_kind_has_no_name(kind: dict[str, str]) -> None:
    times, metrics = RUN["exercise"]["interval"], {"caloriesKcal": 100}
    exercise = {"interval": times, "metricsSummary": metrics, **kind}
    point = {"dataPointName": "users/1/dataTypes/exercise/dataPoints/790", "exercise": exercise}

    (run, walk) = converted("activities", {"exercise:reconcile": [point, RUN]})

    assert (run["name"], run["calories"]) == ("Run", 310)
    assert "name" not in walk
    assert (walk["logId"], walk["calories"]) == (790, 100)


@pytest.mark.parametrize(
    "exercise",
    [
        {"exerciseType": "RUNNING"},
        {**RUN["exercise"], "metricsSummary": ["5100"]},
        {**RUN["exercise"], "metricsSummary": {"steps": "many"}},
    ],
)
def test_unknown_exercise_is_told_and_not_read_as_nothing(exercise: Any) -> None:
    assert_unknown("activities", {"exercise:reconcile": [{"exercise": exercise}]})


def test_summary_of_a_day() -> None:
    half_hour = interval("2026-11-03T07:00:00Z", "2026-11-03T07:30:00Z")
    level = {"interval": half_hour, "activityLevelType": "VERY_ACTIVE"}
    resting = {"date": dated(3), "beatsPerMinute": "57"}
    zones = {"timeInHeartRateZones": [{"heartRateZone": "PEAK", "duration": "120s"}]}
    raw = {
        "steps:dailyRollUp": [rolled(3, steps={"countSum": "8123"})],
        "distance:dailyRollUp": [rolled(3, distance={"millimetersSum": "6012345"})],
        "floors:dailyRollUp": [rolled(3, floors={"countSum": "9"})],
        "altitude:dailyRollUp": [rolled(3, altitude={"gainMillimetersSum": "27432"})],
        "total-calories:dailyRollUp": [rolled(3, totalCalories={"kcalSum": 2213.4})],
        "active-energy-burned:dailyRollUp": [rolled(3, activeEnergyBurned={"kcalSum": 612})],
        "activity-level:reconcile": [{"activityLevel": level}],
        "daily-resting-heart-rate:reconcile": [{"dailyRestingHeartRate": resting}],
        "time-in-heart-rate-zone:dailyRollUp": [rolled(3, timeInHeartRateZone=zones)],
    }

    assert converted("activities-summary", raw) == [
        {
            "date": "2026-11-03",
            "activityCalories": 612,
            "caloriesBMR": 1601,
            "caloriesOut": 2213,
            "distances": [{"activity": "total", "distance": 6.01}],
            "elevation": 27.43,
            "fairlyActiveMinutes": 0,
            "floors": 9,
            "heartRateZones": [
                {"minutes": 0, "name": "Out of Range"},
                {"minutes": 0, "name": "Fat Burn"},
                {"minutes": 0, "name": "Cardio"},
                {"minutes": 2, "name": "Peak"},
            ],
            "lightlyActiveMinutes": 0,
            "restingHeartRate": 57,
            "sedentaryMinutes": 0,
            "steps": 8123,
            "veryActiveMinutes": 30,
        }
    ]


def test_summary_has_what_is_known_of_each_day() -> None:
    raw = {
        "steps:dailyRollUp": [rolled(5, steps={"countSum": "0"}), rolled(3), rolled(2, steps={})],
        "total-calories:dailyRollUp": [rolled(4, totalCalories={"kcalSum": 1800})],
    }

    elements = converted("activities-summary", raw)

    assert elements == [
        {"date": "2026-11-04", "caloriesOut": 1800},
        {"date": "2026-11-05", "steps": 0},
    ]
    assert [next(iter(element)) for element in elements] == ["date", "date"]
