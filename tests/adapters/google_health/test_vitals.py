"""The figures that Google works out once a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from healthrelay.adapters.google_health.rows import QUESTIONS
from healthrelay.core.measurements.reads import Read
from sandbox import Sandbox
from sandbox.logs import Vitals
from tests.adapters.google_health.moving import assert_unknown, converted, dated, tolerated
from tests.adapters.reading import MONDAY, SUNDAY, values

HRV = "daily-heart-rate-variability:reconcile"
DAILY = "averageHeartRateVariabilityMilliseconds"
DEEP = "deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds"
SKIN = "daily-sleep-temperature-derivations:reconcile"
SPO2 = "daily-oxygen-saturation:reconcile"
BREATHING = "daily-respiratory-rate:reconcile"


def daily(kind: str, day: int = 3, **figures: Any) -> dict[str, Any]:
    return {kind: {"date": dated(day), **figures}}


def hrv(**figures: Any) -> dict[str, Any]:
    return daily("dailyHeartRateVariability", **figures)


def skin(nightly: float, **baseline: float) -> dict[str, Any]:
    figures = {f"{name}TemperatureCelsius": celsius for name, celsius in baseline.items()}
    kind = "dailySleepTemperatureDerivations"
    return daily(kind, nightlyTemperatureCelsius=nightly, **figures)


NIGHT = {DAILY: 38.2, DEEP: 35.0, "entropy": 2.9}
PERCENT = {"averagePercentage": 96.1, "lowerBoundPercentage": 93.0, "upperBoundPercentage": 98.44}
OXYGEN = daily("dailyOxygenSaturation", **PERCENT)
BREATHS = daily("dailyRespiratoryRate", breathsPerMinute=14.6)
FITNESS = daily("dailyVo2Max", vo2Max=42.3, cardioFitnessLevel="GOOD", estimated=False)


@pytest.mark.parametrize(
    ("series", "source", "point", "value"),
    [
        ("hrv", HRV, hrv(**NIGHT), {"dailyRmssd": 38.2, "deepRmssd": 35}),
        ("hrv", HRV, hrv(**{DAILY: 38.12345}), {"dailyRmssd": 38.123}),
        ("spo2", SPO2, OXYGEN, {"avg": 96.1, "min": 93, "max": 98.4}),
        ("br", BREATHING, BREATHS, {"breathingRate": 14.6}),
        ("tempSkin", SKIN, skin(33.7, baseline=34.1), {"nightlyRelative": -0.4}),
        ("tempSkin", SKIN, skin(34.1, baseline=34.1), {"nightlyRelative": 0}),
        ("cardioScore", "daily-vo2-max:reconcile", FITNESS, {"vo2Max": "42.3"}),
    ],
)
def test_figures_have_the_legacy_names(
    series: str, source: str, point: dict[str, Any], value: dict[str, Any]
) -> None:
    assert converted(series, {source: [point]}) == values(d3=value)


def test_days_are_asked_for_as_days() -> None:
    request = QUESTIONS[HRV].request(Read(HRV, MONDAY, SUNDAY), "")

    assert request.path == (
        "/dataTypes/daily-heart-rate-variability/dataPoints:reconcile?pageSize=10000"
        "&filter=daily_heart_rate_variability.date%20%3E%3D%20%222026-11-02%22"
        "%20AND%20daily_heart_rate_variability.date%20%3C%20%222026-11-09%22"
    )


def test_days_ascend_whatever_google_begins_with() -> None:
    points = [daily("dailyRespiratoryRate", day, breathsPerMinute=14) for day in (5, 3)]

    days = [e["dateTime"] for e in converted("br", {BREATHING: points})]

    assert days == ["2026-11-03", "2026-11-05"]


def test_warmer_in_fahrenheit() -> None:
    raw = {SKIN: [skin(34.4, baseline=34.1)]}

    warmer = {"nightlyRelative": 0.54}
    assert converted("tempSkin", raw, system="en_US") == values(d3=warmer)


@pytest.mark.parametrize("point", [skin(33.7), daily("dailySleepTemperatureDerivations")])
def test_a_day_without_the_figures_is_absent(point: dict[str, Any]) -> None:
    assert converted("tempSkin", {SKIN: [point]}) == []


@pytest.mark.parametrize("unknown", ["NaN", float("nan"), "Infinity", float("-inf"), None])
def test_a_figure_that_is_no_number_is_not_known(unknown: Any) -> None:
    both = {DAILY: unknown, DEEP: 35.0}
    raw = {HRV: [hrv(**{DAILY: unknown}), daily("dailyHeartRateVariability", 4, **both)]}

    assert tolerated("hrv", raw) == values(d4={"deepRmssd": 35})
    assert tolerated("tempSkin", {SKIN: [skin(33.7, baseline=unknown)]}) == []


def test_a_day_of_other_figures_has_none_of_fitbits() -> None:
    point = hrv(nonRemHeartRateBeatsPerMinute="54", entropy=2.7)

    assert converted("hrv", {HRV: [point]}) == []


@pytest.mark.parametrize(
    "point",
    [
        hrv(averageMilliseconds=38.2),
        hrv(**{DAILY: "calm"}),
        {"dailyHeartRateVariability": {DAILY: 38.2}},
        daily("heartRateVariability"),
    ],
)
def test_unknown_shape_is_told_and_not_read_as_nothing(point: Any) -> None:
    assert_unknown("hrv", {HRV: [point]})


@pytest.mark.parametrize(
    ("series", "value"),
    [
        ("hrv", {"dailyRmssd": 38.2}),
        ("spo2", {"avg": 96, "min": 93, "max": 98}),
        ("br", {"breathingRate": 14.6}),
        ("tempSkin", {"nightlyRelative": -0.4}),
        ("cardioScore", {"vo2Max": "42.3"}),
    ],
)
def test_a_day_of_two_sources_has_the_merged_value(
    empty: Sandbox, read_week: Callable[[str], Any], series: str, value: dict[str, Any]
) -> None:
    measured = Vitals(
        rmssd=Decimal("38.2"),
        spo2=(Decimal(96), Decimal(93), Decimal(98)),
        breaths=Decimal("14.6"),
        celsius=Decimal("33.7"),
        usual_celsius=Decimal("34.1"),
        vo2_max=Decimal("42.3"),
    )
    two_days = [date(2026, 11, 3), date(2026, 11, 4)]
    empty.wearer.vitals = dict.fromkeys(two_days, measured)
    # On one of them the ring comes first in the list, on the other last.
    empty.wearer.ring_days = set(two_days)

    assert read_week(series) == values(d3=value, d4=value)
