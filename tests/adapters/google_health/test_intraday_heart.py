"""The heart of a day, by the minute and by the second."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from healthrelay.core.errors import TryLater
from healthrelay.core.measurements.records import Window
from tests.adapters.google_health.moving import bucket, converted, points, provider

TUESDAY = date(2026, 11, 3), date(2026, 11, 3)
NOON = "2026-11-03T11:00:00Z"


def beat(physical: str, rate: str, offset: str = "3600s") -> dict[str, Any]:
    time = {"physicalTime": physical, "utcOffset": offset}
    return {"heartRate": {"sampleTime": time, "beatsPerMinute": rate, "metadata": {}}}


def test_heart_by_the_minute_is_a_rounded_average() -> None:
    raw = {
        "heart-rate:rollUp": [
            bucket("2026-11-03T07:14:00Z", heartRate={"beatsPerMinuteAvg": 60.5}),
            bucket("2026-11-03T07:00:00Z", heartRate={"beatsPerMinuteAvg": 71.2}),
        ]
    }

    minutes = converted("activities-heart-intraday", raw, days=TUESDAY, detail="1min")
    quarters = converted("activities-heart-intraday", raw, days=TUESDAY, detail="15min")

    assert points(minutes) == [("08:00:00", 71), ("08:14:00", 61)]
    assert points(quarters) == [("08:00:00", 66)]


def test_heart_by_the_second_is_every_sample() -> None:
    raw = {
        "heart-rate:reconcile": [
            beat("2026-11-03T07:00:02Z", "64"),
            beat("2026-11-03T07:00:00.4Z", "60"),
            beat("2026-11-03T07:00:00.9Z", "62"),
        ]
    }

    assert converted("activities-heart-intraday", raw, days=TUESDAY, detail="1sec") == [
        {
            "dateTime": "2026-11-03",
            "dataset": [{"time": "08:00:00", "value": 61}, {"time": "08:00:02", "value": 64}],
            "datasetInterval": 1,
            "datasetType": "second",
        }
    ]


def test_a_sample_without_a_rate_is_told() -> None:
    raw = {"heart-rate:reconcile": [{"heartRate": {"sampleTime": {"physicalTime": NOON}}}]}

    with pytest.raises(TryLater, match="in an unknown shape"):
        converted("activities-heart-intraday", raw, days=TUESDAY, detail="1sec")


def test_seconds_are_read_only_when_they_are_wanted() -> None:
    fine, coarse = (
        provider().needs(Window("activities-heart-intraday", *TUESDAY, detail))
        for detail in ("1sec", "1min")
    )

    assert [source.name for source in (*fine, *coarse)] == [
        "heart-rate:reconcile",
        "heart-rate:rollUp",
    ]
