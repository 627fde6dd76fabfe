"""The points of a day, and those of its heart by the second."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from healthrelay.adapters.google_health.rows import QUESTIONS
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.reads import Read
from tests.adapters.google_health.moving import (
    MONDAY,
    SUNDAY,
    assert_unknown,
    bucket,
    converted,
    interval,
    points,
    provider,
)

STEPS, CALORIES = "steps:reconcile", "total-calories:rollUp"
SEVEN = "2026-11-03T07:00:00Z"
TUESDAY = date(2026, 11, 3), date(2026, 11, 3)
AUTUMN = date(2026, 10, 25), date(2026, 10, 25)


def steps(start: str, count: str | None, offset: str | None = "3600s") -> dict[str, Any]:
    rest = {} if count is None else {"count": count}
    return {"steps": {"interval": interval(start, start, offset), **rest}}


def intraday(name: str, raw: dict[str, Any], **how: Any) -> Any:
    """Return what *raw* becomes on Tuesday, or other days."""
    return converted(f"activities-{name}-intraday", raw, **{"days": TUESDAY} | how)


def test_steps_by_the_minute() -> None:
    walked = [
        steps("2026-11-03T07:01:00Z", "12"),
        steps("2026-11-02T23:00:00Z", "3"),
        steps("2026-11-03T07:01:30Z", "5"),
        steps("2026-11-03T07:02:00Z", None),
    ]

    assert intraday("steps", {STEPS: walked}, detail="1min") == [
        {
            "dateTime": "2026-11-03",
            "dataset": [
                {"time": "00:00:00", "value": 3},
                {"time": "08:01:00", "value": 17},
                {"time": "08:02:00", "value": 0},
            ],
            "datasetInterval": 1,
            "datasetType": "minute",
        }
    ]


def test_steps_by_the_quarter() -> None:
    walked = [
        steps(SEVEN, "12"),
        steps("2026-11-03T07:14:59Z", "5"),
        steps("2026-11-03T07:15:00Z", "7"),
    ]

    (element,) = intraday("steps", {STEPS: walked}, detail="15min")

    assert element == {
        "dateTime": "2026-11-03",
        "dataset": [{"time": "08:00:00", "value": 17}, {"time": "08:15:00", "value": 7}],
        "datasetInterval": 15,
        "datasetType": "minute",
    }


@pytest.mark.parametrize(
    ("name", "source", "point", "system", "value"),
    [
        ("distance", "distance", {"distance": {"millimeters": "52345"}}, "metric", 0.052345),
        ("distance", "distance", {"distance": {"millimeters": "1609344"}}, "en_US", 1),
        ("floors", "floors", {"floors": {"count": "1"}}, "metric", 1),
        ("elevation", "altitude", {"altitude": {"gainMillimeters": "3048"}}, "metric", 3.048),
        ("elevation", "altitude", {"altitude": {"gainMillimeters": "3048"}}, "en_US", 10),
    ],
)
def test_points_have_the_unit_of_the_household(
    name: str, source: str, point: dict[str, Any], system: str, value: float
) -> None:
    (kind,) = point
    span = interval(SEVEN, "2026-11-03T07:01:00Z")
    raw = {f"{source}:reconcile": [{kind: {"interval": span, **point[kind]}}]}

    assert points(intraday(name, raw, system=system)) == [("08:00:00", value)]


def test_a_point_is_on_the_clock_of_the_place_where_it_was_measured() -> None:
    walked = [
        steps("2026-11-03T23:30:00Z", "1", "3600s"),
        steps("2026-11-04T04:30:00Z", "2", "-18000s"),
        steps("2026-11-03T22:30:00Z", "4", None),
    ]

    assert points(intraday("steps", {STEPS: walked})) == [("23:30:00", 6)]


def test_the_hour_that_comes_twice_in_autumn_loses_nothing() -> None:
    summer, winter = "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"
    walked = [steps(summer, "10", "7200s"), steps(winter, "20", "3600s")]
    rates = [
        bucket(at, heartRate={"beatsPerMinuteAvg": bpm}) for at, bpm in ((summer, 60), (winter, 63))
    ]

    assert points(intraday("steps", {STEPS: walked}, days=AUTUMN)) == [("02:30:00", 30)]
    assert points(intraday("heart", {"heart-rate:rollUp": rates}, days=AUTUMN)) == [
        ("02:30:00", 62)
    ]


def test_calories_are_laid_on_the_wearers_clock_and_other_days_are_left_out() -> None:
    burned = [
        bucket("2026-11-02T22:59:00Z", totalCalories={"kcalSum": 9}),
        bucket("2026-11-03T23:00:00Z", totalCalories={"kcalSum": 9}),
        bucket("2026-11-03T22:59:00Z", totalCalories={"kcalSum": 1.1}),
        bucket("2026-11-02T23:00:00Z", totalCalories={"kcalSum": 1.20004}),
        bucket("2026-11-02T23:01:00Z", totalCalories={}),
        bucket("2026-11-02T23:02:00Z"),
    ]

    elements = intraday("calories", {CALORIES: burned})

    assert points(elements) == [("00:00:00", 1.2), ("23:59:00", 1.1)]


def test_minutes_in_two_readings_of_a_long_window_count_once() -> None:
    twice = [bucket(SEVEN, totalCalories={"kcalSum": 1.5})] * 2

    elements = intraday("calories", {CALORIES: twice}, days=(MONDAY, SUNDAY))

    assert points(elements) == [("08:00:00", 1.5)]


def test_minutes_are_asked_for_with_room_for_every_zone() -> None:
    request = QUESTIONS["heart-rate:rollUp"].request(Read("heart-rate:rollUp", *TUESDAY), "")

    assert (request.method, request.path) == ("POST", "/dataTypes/heart-rate/dataPoints:rollUp")
    assert request.body == {
        "range": {"startTime": "2026-11-02T10:00:00Z", "endTime": "2026-11-04T14:00:00Z"},
        "windowSize": "60s",
        "pageSize": 10_000,
    }


def test_days_without_points_are_absent() -> None:
    (element,) = intraday("steps", {STEPS: [steps(SEVEN, "12")]}, days=(MONDAY, SUNDAY))

    assert element["dateTime"] == "2026-11-03"


def beat(physical: str, rate: str, offset: str = "3600s") -> dict[str, Any]:
    time = {"physicalTime": physical, "utcOffset": offset}
    return {"heartRate": {"sampleTime": time, "beatsPerMinute": rate, "metadata": {}}}


def test_heart_by_the_minute_is_a_rounded_average() -> None:
    rates = [
        bucket("2026-11-03T07:14:00Z", heartRate={"beatsPerMinuteAvg": 60.5}),
        bucket(SEVEN, heartRate={"beatsPerMinuteAvg": 71.2}),
    ]
    raw = {"heart-rate:rollUp": rates}

    assert points(intraday("heart", raw, detail="1min")) == [("08:00:00", 71), ("08:14:00", 61)]
    assert points(intraday("heart", raw, detail="15min")) == [("08:00:00", 66)]


def test_heart_by_the_second_is_every_sample() -> None:
    beats = [
        beat("2026-11-03T07:00:02Z", "64"),
        beat("2026-11-03T07:00:00.4Z", "60"),
        beat("2026-11-03T07:00:00.9Z", "62"),
    ]

    assert intraday("heart", {"heart-rate:reconcile": beats}, detail="1sec") == [
        {
            "dateTime": "2026-11-03",
            "dataset": [{"time": "08:00:00", "value": 61}, {"time": "08:00:02", "value": 64}],
            "datasetInterval": 1,
            "datasetType": "second",
        }
    ]


def test_seconds_are_read_only_when_they_are_wanted() -> None:
    fine, coarse = (
        provider().needs(Window("activities-heart-intraday", *TUESDAY, detail))
        for detail in ("1sec", "1min")
    )

    names = [source.name for source in (*fine, *coarse)]
    assert names == ["heart-rate:reconcile", "heart-rate:rollUp"]


@pytest.mark.parametrize(
    ("series", "source", "point"),
    [
        ("steps", STEPS, steps("noon", "12")),
        ("steps", STEPS, steps(SEVEN, "many")),
        ("steps", STEPS, {"steps": {"count": "12"}}),
        ("steps", STEPS, {"steps": {**steps(SEVEN, None), "n": 1}}),
        ("steps", STEPS, {}),
        ("calories", CALORIES, bucket(SEVEN, calories={})),
        ("calories", CALORIES, bucket(SEVEN, totalCalories={"kcal": 1})),
        ("calories", CALORIES, {"totalCalories": {"kcalSum": 1}}),
        ("heart", "heart-rate:rollUp", bucket(SEVEN, heartRate={"average": 60})),
        ("heart", "heart-rate:reconcile", {"heartRate": {"sampleTime": {"physicalTime": SEVEN}}}),
    ],
)
def test_unknown_shape_is_told_and_not_read_as_nothing(
    series: str, source: str, point: Any
) -> None:
    detail = "1sec" if source == "heart-rate:reconcile" else ""
    assert_unknown(f"activities-{series}-intraday", {source: [point]}, detail=detail)
