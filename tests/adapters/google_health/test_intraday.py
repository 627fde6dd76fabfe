"""The points of a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from healthrelay.adapters.google_health.rows import QUESTIONS
from healthrelay.core.errors import TryLater
from healthrelay.core.measurements.plan import Read
from tests.adapters.google_health.moving import bucket, converted, interval, points

TUESDAY = date(2026, 11, 3), date(2026, 11, 3)
AUTUMN = date(2026, 10, 25), date(2026, 10, 25)


def steps(start: str, count: str | None, offset: str | None = "3600s") -> dict[str, Any]:
    rest = {} if count is None else {"count": count}
    return {"steps": {"interval": interval(start, start, offset), **rest}}


def test_steps_by_the_minute() -> None:
    raw = {
        "steps:reconcile": [
            steps("2026-11-03T07:01:00Z", "12"),
            steps("2026-11-02T23:00:00Z", "3"),
            steps("2026-11-03T07:01:30Z", "5"),
            steps("2026-11-03T07:02:00Z", None),
        ]
    }

    assert converted("activities-steps-intraday", raw, days=TUESDAY, detail="1min") == [
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
    raw = {
        "steps:reconcile": [
            steps("2026-11-03T07:00:00Z", "12"),
            steps("2026-11-03T07:14:59Z", "5"),
            steps("2026-11-03T07:15:00Z", "7"),
        ]
    }

    (element,) = converted("activities-steps-intraday", raw, days=TUESDAY, detail="15min")

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
    span = interval("2026-11-03T07:00:00Z", "2026-11-03T07:01:00Z")
    raw = {f"{source}:reconcile": [{kind: {"interval": span, **point[kind]}}]}

    elements = converted(f"activities-{name}-intraday", raw, days=TUESDAY, system=system)

    assert points(elements) == [("08:00:00", value)]


def test_a_point_is_on_the_clock_of_the_place_where_it_was_measured() -> None:
    raw = {
        "steps:reconcile": [
            steps("2026-11-03T23:30:00Z", "1", "3600s"),
            steps("2026-11-04T04:30:00Z", "2", "-18000s"),
            steps("2026-11-03T22:30:00Z", "4", None),
        ]
    }

    elements = converted("activities-steps-intraday", raw, days=TUESDAY)

    assert points(elements) == [("23:30:00", 6)]


def test_the_hour_that_comes_twice_in_autumn_loses_nothing() -> None:
    walked = {
        "steps:reconcile": [
            steps("2026-10-25T00:30:00Z", "10", "7200s"),
            steps("2026-10-25T01:30:00Z", "20", "3600s"),
        ]
    }
    rates = {
        "heart-rate:rollUp": [
            bucket("2026-10-25T00:30:00Z", heartRate={"beatsPerMinuteAvg": 60}),
            bucket("2026-10-25T01:30:00Z", heartRate={"beatsPerMinuteAvg": 63}),
        ]
    }

    assert points(converted("activities-steps-intraday", walked, days=AUTUMN)) == [("02:30:00", 30)]
    assert points(converted("activities-heart-intraday", rates, days=AUTUMN)) == [("02:30:00", 62)]


def test_calories_are_laid_on_the_wearers_clock_and_other_days_are_left_out() -> None:
    raw = {
        "total-calories:rollUp": [
            bucket("2026-11-02T22:59:00Z", totalCalories={"kcalSum": 9}),
            bucket("2026-11-03T23:00:00Z", totalCalories={"kcalSum": 9}),
            bucket("2026-11-03T22:59:00Z", totalCalories={"kcalSum": 1.1}),
            bucket("2026-11-02T23:00:00Z", totalCalories={"kcalSum": 1.20004}),
            bucket("2026-11-02T23:01:00Z", totalCalories={}),
            bucket("2026-11-02T23:02:00Z"),
        ]
    }

    elements = converted("activities-calories-intraday", raw, days=TUESDAY)

    assert points(elements) == [("00:00:00", 1.2), ("23:59:00", 1.1)]


def test_minutes_in_two_readings_of_a_long_window_count_once() -> None:
    twice = [bucket("2026-11-03T07:00:00Z", totalCalories={"kcalSum": 1.5})] * 2

    elements = converted("activities-calories-intraday", {"total-calories:rollUp": twice})

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
    raw = {"steps:reconcile": [steps("2026-11-03T07:00:00Z", "12")]}

    assert [e["dateTime"] for e in converted("activities-steps-intraday", raw)] == ["2026-11-03"]


@pytest.mark.parametrize(
    ("series", "source", "point"),
    [
        ("steps", "steps:reconcile", steps("noon", "12")),
        ("steps", "steps:reconcile", steps("2026-11-03T07:00:00Z", "many")),
        ("steps", "steps:reconcile", {"steps": {"count": "12"}}),
        ("steps", "steps:reconcile", {"steps": {**steps("2026-11-03T07:00:00Z", None), "n": 1}}),
        ("steps", "steps:reconcile", {}),
        ("calories", "total-calories:rollUp", bucket("2026-11-03T07:00:00Z", calories={})),
        (
            "calories",
            "total-calories:rollUp",
            bucket("2026-11-03T07:00:00Z", totalCalories={"kcal": 1}),
        ),
        ("calories", "total-calories:rollUp", {"totalCalories": {"kcalSum": 1}}),
        ("heart", "heart-rate:rollUp", bucket("2026-11-03T07:00:00Z", heartRate={"average": 60})),
    ],
)
def test_unknown_shape_is_told_and_not_read_as_nothing(
    series: str, source: str, point: Any
) -> None:
    with pytest.raises(TryLater, match="in an unknown shape"):
        converted(f"activities-{series}-intraday", {source: [point]})
