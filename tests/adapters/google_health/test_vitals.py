"""The figures that Google works out once a day."""

from __future__ import annotations

from typing import Any

import pytest

from healthrelay.adapters.google_health.rows import QUESTIONS
from healthrelay.core.errors import TryLater
from healthrelay.core.measurements.plan import Read
from tests.adapters.google_health.moving import MONDAY, SUNDAY, converted, dated

HRV = "daily-heart-rate-variability"
DEEP = "deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds"
SKIN = "daily-sleep-temperature-derivations"


def daily(kind: str, day: int = 3, **figures: Any) -> dict[str, Any]:
    return {kind: {"date": dated(day), **figures}}


@pytest.mark.parametrize(
    ("series", "source", "point", "value"),
    [
        (
            "hrv",
            HRV,
            daily(
                "dailyHeartRateVariability",
                averageHeartRateVariabilityMilliseconds=38.2,
                **{DEEP: 35.0},
                entropy=2.9,
            ),
            {"dailyRmssd": 38.2, "deepRmssd": 35},
        ),
        (
            "hrv",
            HRV,
            daily("dailyHeartRateVariability", averageHeartRateVariabilityMilliseconds=38.12345),
            {"dailyRmssd": 38.123},
        ),
        (
            "spo2",
            "daily-oxygen-saturation",
            daily(
                "dailyOxygenSaturation",
                averagePercentage=96.1,
                lowerBoundPercentage=93.0,
                upperBoundPercentage=98.44,
            ),
            {"avg": 96.1, "min": 93, "max": 98.4},
        ),
        (
            "br",
            "daily-respiratory-rate",
            daily("dailyRespiratoryRate", breathsPerMinute=14.6),
            {"breathingRate": 14.6},
        ),
        (
            "tempSkin",
            SKIN,
            daily(
                "dailySleepTemperatureDerivations",
                nightlyTemperatureCelsius=33.7,
                baselineTemperatureCelsius=34.1,
            ),
            {"nightlyRelative": -0.4},
        ),
        (
            "cardioScore",
            "daily-vo2-max",
            daily("dailyVo2Max", vo2Max=42.3, cardioFitnessLevel="GOOD", estimated=False),
            {"vo2Max": "42.3"},
        ),
    ],
)
def test_figures_have_the_legacy_names(
    series: str, source: str, point: dict[str, Any], value: dict[str, Any]
) -> None:
    assert converted(series, {source: [point]}) == [{"dateTime": "2026-11-03", "value": value}]


def test_days_are_asked_for_as_days() -> None:
    request = QUESTIONS[HRV].request(Read(HRV, MONDAY, SUNDAY), "")

    assert request.path == (
        "/dataTypes/daily-heart-rate-variability/dataPoints?pageSize=10000"
        "&filter=daily_heart_rate_variability.date%20%3E%3D%20%222026-11-02%22"
        "%20AND%20daily_heart_rate_variability.date%20%3C%20%222026-11-09%22"
    )


def test_days_ascend_whatever_google_begins_with() -> None:
    points = [daily("dailyRespiratoryRate", day, breathsPerMinute=14) for day in (5, 3)]

    days = [e["dateTime"] for e in converted("br", {"daily-respiratory-rate": points})]

    assert days == ["2026-11-03", "2026-11-05"]


def test_warmer_in_fahrenheit() -> None:
    point = daily(
        "dailySleepTemperatureDerivations",
        nightlyTemperatureCelsius=34.4,
        baselineTemperatureCelsius=34.1,
    )

    (element,) = converted("tempSkin", {SKIN: [point]}, system="en_US")

    assert element["value"] == {"nightlyRelative": 0.54}


def test_a_night_as_warm_as_ever_is_a_zero() -> None:
    same = {"nightlyTemperatureCelsius": 34.1, "baselineTemperatureCelsius": 34.1}

    (element,) = converted("tempSkin", {SKIN: [daily("dailySleepTemperatureDerivations", **same)]})

    assert element["value"] == {"nightlyRelative": 0}


@pytest.mark.parametrize("figures", [{"nightlyTemperatureCelsius": 33.7}, {}])
def test_a_day_without_the_figures_is_absent(figures: dict[str, float]) -> None:
    point = daily("dailySleepTemperatureDerivations", **figures)

    assert converted("tempSkin", {SKIN: [point]}) == []


@pytest.mark.parametrize(
    "point",
    [
        daily("dailyHeartRateVariability", averageMilliseconds=38.2),
        daily("dailyHeartRateVariability", averageHeartRateVariabilityMilliseconds="calm"),
        daily("dailyHeartRateVariability", averageHeartRateVariabilityMilliseconds="NaN"),
        {"dailyHeartRateVariability": {"averageHeartRateVariabilityMilliseconds": 38.2}},
        daily("heartRateVariability"),
    ],
)
def test_unknown_shape_is_told_and_not_read_as_nothing(point: Any) -> None:
    with pytest.raises(TryLater, match="hrv in an unknown shape"):
        converted("hrv", {HRV: [point]})
