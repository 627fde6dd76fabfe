"""The numbers of a chart for programs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from healthrelay.core.charts.chart import sleep_chart
from healthrelay.core.charts.nights import nights
from healthrelay.core.charts.rows import sleep_rows, value_rows
from healthrelay.core.charts.spans import span
from tests.core.charts.given import NOW, TODAY, chart, day, november, session


def test_a_day_has_its_value_and_the_mean_of_seven_days() -> None:
    # Of three values the mean is 82.6333…
    shown = chart("weight", november({1: "83.25", 24: "82.9", 27: "82.6", 28: "82.4"}))

    assert value_rows(shown, "kg") == [
        {"day": "2026-11-01", "weight": 83.25, "unit": "kg", "mean": 83.25},
        {"day": "2026-11-24", "weight": 82.9, "unit": "kg", "mean": 82.9},
        {"day": "2026-11-27", "weight": 82.6, "unit": "kg", "mean": 82.75},
        {"day": "2026-11-28", "weight": 82.4, "unit": "kg", "mean": 82.63},
    ]


def test_steps_of_a_year_are_means_of_weeks_without_today() -> None:
    shown = chart("steps", november({16: "9000", 20: "6000", 23: "8000", 28: "100"}), "1y")

    assert value_rows(shown, "steps") == [
        {"first": "2026-11-16", "last": "2026-11-22", "days": 2, "steps": 7500, "unit": "steps"},
        {"first": "2026-11-23", "last": "2026-11-28", "days": 1, "steps": 8000, "unit": "steps"},
    ]


def test_all_of_many_years_are_means_of_months() -> None:
    values = {date(2024, 1, 31): Decimal(84), date(2024, 2, 1): Decimal(83), day(28): Decimal(82)}

    assert [row["first"] for row in value_rows(chart("weight", values, "all"), "kg")] == [
        "2024-01-31",
        "2024-02-01",
        "2026-11-01",
    ]


def test_a_night_has_its_stages_and_a_mean_night_has_none() -> None:
    found = nights(
        [
            session("2026-11-27T23:04:00", [("light", 60), ("deep", 30), ("rem", 20), ("wake", 5)]),
            session("2026-11-28T13:00:00", [("asleep", 40)], main=False),
            session("2026-11-26T23:30:00", [("asleep", 90)]),
        ],
        NOW,
    )
    unknown = {"awake": None, "rem": None, "light": None, "deep": None}
    known = {"awake": 5, "rem": 20, "light": 60, "deep": 30}

    assert sleep_rows(sleep_chart(found, span("30d", TODAY, None))) == [
        {"day": "2026-11-27", "bed": "23:30", "up": "01:00", "asleep": 90, **unknown, "naps": 0},
        {"day": "2026-11-28", "bed": "23:04", "up": "00:59", "asleep": 150, **known, "naps": 1},
    ]
    # Of the two nights: 23:17, half past midnight, 2 hours; the halves of minutes go up.
    mean = {"days": 2, "bed": "23:17", "up": "01:00", "asleep": 120}
    assert sleep_rows(sleep_chart(found, span("1y", TODAY, None))) == [
        {"first": "2026-11-23", "last": "2026-11-28", **mean}
    ]


def test_a_chart_without_a_value_in_its_time_knows_the_last_one() -> None:
    shown = chart("weight", {TODAY - timedelta(40): Decimal("83.1")})

    assert shown.points == ()
    assert shown.latest == (day(19, 10), Decimal("83.1"))
    assert chart("weight", {}).latest is None
