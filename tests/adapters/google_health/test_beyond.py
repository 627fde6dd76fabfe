"""What Google alone measures: active minutes, basal energy, sedentary periods, oxygen uptake."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.google_health.moving import (
    converted,
    dated,
    interval,
    rolled,
    set_aside,
    tolerated,
)
from tests.adapters.reading import values

ACTIVE = "active-minutes:dailyRollUp"
BASAL, SEDENTARY = "basal-energy-burned:reconcile", "sedentary-period:reconcile"
EVENING = interval("2026-11-03T22:00:00Z", "2026-11-03T22:40:30Z")
NIGHT = interval("2026-11-03T23:10:00Z", "2026-11-03T23:11:00Z")


def active(day: int, **minutes: str) -> dict[str, Any]:
    levels = [{"activityLevel": k, "activeMinutesSum": v} for k, v in minutes.items()]
    return rolled(day, activeMinutes={"activeMinutesRollupByActivityLevel": levels})


def sampled(kind: str, at: str, offset: str = "3600s", **members: Any) -> dict[str, Any]:
    return {kind: {"sampleTime": {"physicalTime": at, "utcOffset": offset}, **members}}


def test_active_minutes() -> None:
    zero = {"activeMinutesRollupByActivityLevel": [{"activityLevel": "MODERATE"}]}
    raw = {ACTIVE: [active(4, LIGHT="180", VIGOROUS="22"), rolled(3, activeMinutes=zero)]}

    assert converted("activeMinutes", raw) == values(
        d3={"moderateActiveMinutes": 0}, d4={"lightActiveMinutes": 180, "vigorousActiveMinutes": 22}
    )


def test_a_level_that_is_not_known_gives_no_minutes() -> None:
    raw = {ACTIVE: [active(3, ACTIVITY_LEVEL_UNSPECIFIED="9"), rolled(4), active(5, NEW="4")]}

    assert tolerated("activeMinutes", raw) == []


def test_basal_energy_of_a_day_is_added_up() -> None:
    points = [{"interval": each, "kcal": kcal} for each, kcal in ((EVENING, 1.2), (EVENING, 0.3))]
    raw = {BASAL: [{"basalEnergyBurned": each} for each in (*points, {"interval": NIGHT})]}

    assert tolerated("basalEnergy", raw) == values(d3="2", d4="0")


def test_sedentary_periods_of_a_day() -> None:
    morning = interval("2026-11-03T08:00:00Z", "2026-11-03T09:00:30Z")
    raw = {SEDENTARY: [{"sedentaryPeriod": {"interval": each}} for each in (EVENING, morning)]}

    periods = [{"time": "09:00:00", "minutes": 60}, {"time": "23:00:00", "minutes": 40}]
    assert converted("sedentaryPeriods", raw) == values(d3={"minutes": 101, "periods": periods})


@pytest.mark.parametrize(
    ("series", "source", "kind"),
    [
        ("vo2Max", "vo2-max:reconcile", "vo2Max"),
        ("runVo2Max", "run-vo2-max:reconcile", "runVo2Max"),
    ],
)
def test_samples_of_oxygen_uptake(series: str, source: str, kind: str) -> None:
    late = sampled(kind, "2026-11-03T23:30:00Z", "-3600s", **{kind: 42.357})
    early = sampled(kind, "2026-11-02T07:00:00Z", **{kind: 41})

    assert converted(series, {source: [late, early]}) == values(
        d2={"samples": [{"time": "08:00:00", series: 41}]},
        d3={"samples": [{"time": "22:30:00", series: 42.36}]},
    )


def test_two_samples_of_a_day_are_in_the_order_of_time_with_how_they_were_found() -> None:
    test, unknown, later = (
        sampled("vo2Max", at, vo2Max=uptake, measurementMethod=method)
        for at, uptake, method in (
            ("2026-11-02T07:00:00Z", 41, "COOPER_TEST"),
            ("2026-11-02T07:00:00Z", 43, "MEASUREMENT_METHOD_UNSPECIFIED"),
            ("2026-11-02T07:30:00Z", 42, "FITBIT_RUN"),
        )
    )
    raw = {"vo2-max:reconcile": [later, unknown, test]}

    assert tolerated("vo2Max", raw) == values(
        d2={
            "samples": [
                {"measurementMethod": "COOPER_TEST", "time": "08:00:00", "vo2Max": 41},
                {"time": "08:00:00", "vo2Max": 43},
                {"measurementMethod": "FITBIT_RUN", "time": "08:30:00", "vo2Max": 42},
            ]
        }
    )


ODD: dict[str, tuple[str, Any, Any]] = {
    "activeMinutes": (ACTIVE, active(3, LIGHT="9"), rolled(4, activeMinutes={"levels": []})),
    "basalEnergy": (
        BASAL,
        {"basalEnergyBurned": {"interval": EVENING, "kcal": 1}},
        {"basalEnergyBurned": {"kcal": 1}},
    ),
    "sedentaryPeriods": (SEDENTARY, {"sedentaryPeriod": {"interval": EVENING}}, {"x": {}}),
    "vo2Max": (
        "vo2-max:reconcile",
        sampled("vo2Max", "2026-11-02T07:00:00Z", vo2Max=41),
        {"vo2Max": {"vo2Max": 41, "date": dated(3)}},
    ),
}


@pytest.mark.parametrize("series", ODD)
def test_a_point_that_cannot_be_read_is_set_aside(series: str) -> None:
    source, good, odd = ODD[series]
    alone, both = (set_aside(series, {source: raw}) for raw in ([good], [odd, good]))

    assert both.elements == alone.elements != []
    assert sum(both.odd.values()) == 1
    assert alone.odd == {}


def test_not_a_number_is_no_measurement() -> None:
    nan = sampled("vo2Max", "2026-11-02T07:00:00Z", vo2Max="NaN")
    kcal = {"basalEnergyBurned": {"interval": EVENING, "kcal": "NaN"}}

    assert tolerated("vo2Max", {"vo2-max:reconcile": [nan]}) == []
    assert tolerated("basalEnergy", {BASAL: [kcal]}) == []
