"""Sleep: what the sessions of a day come to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.google_health.moving import converted, interval
from tests.adapters.google_health.sleeping import SOURCE, nap, night, noticed, session
from tests.adapters.reading import values

NEXT_NIGHT = session(
    "458",
    interval=interval("2026-11-03T23:00:00Z", "2026-11-04T06:00:00Z"),
    type="CLASSIC",
    metadata={"processed": True, "mainSleep": True},
    summary={"minutesInSleepPeriod": "420", "minutesAsleep": "400", "minutesAwake": "20"},
)


def days(series: str, *points: Any) -> Any:
    return converted(f"sleep-{series}", {SOURCE: list(points)})


@pytest.mark.parametrize(
    ("series", "third", "fourth"),
    [
        ("timeInBed", "420", "420"),
        ("minutesAsleep", "369", "400"),
        # 49 of the night, and of the nap one awake and one restless.
        ("minutesAwake", "51", "20"),
        ("minutesToFallAsleep", "0", "0"),
        ("minutesAfterWakeup", "2", "0"),
    ],
)
def test_sessions_of_a_day_add_up(series: str, third: str, fourth: str) -> None:
    assert days(series, NEXT_NIGHT, nap(), night()) == values(d3=third, d4=fourth)


def test_awakenings_are_counted_where_there_are_stages() -> None:
    # 21 of the night, and of the nap one awake and one restless.
    assert days("awakeningsCount", night(), nap(), NEXT_NIGHT) == values(d3="23")


def test_the_main_sleep_says_when_it_began_and_how_good_it_was() -> None:
    assert days("startTime", nap(), night()) == values(d3="23:40")
    assert days("efficiency", nap(), night()) == values(d3="87")


def test_the_longest_is_the_main_sleep_where_google_names_none() -> None:
    long = session("459", summary={"minutesInSleepPeriod": "390", "minutesAsleep": "39"})

    assert days("efficiency", nap(), long) == values(d3="10")


def test_summary_of_a_day() -> None:
    assert days("summary", night(), nap(), NEXT_NIGHT) == [
        {
            "date": "2026-11-03",
            "stages": {"deep": 70, "light": 271, "wake": 49},
            "totalMinutesAsleep": 369,
            "totalSleepRecords": 2,
            "totalTimeInBed": 420,
        },
        {
            "date": "2026-11-04",
            "totalMinutesAsleep": 400,
            "totalSleepRecords": 1,
            "totalTimeInBed": 420,
        },
    ]


@pytest.mark.parametrize("series", ["minutesAsleep", "minutesAwake", "efficiency"])
def test_what_google_does_not_know_yet_is_absent(series: str) -> None:
    assert days(series, noticed()) == []


def test_time_in_bed_is_known_at_once() -> None:
    assert days("timeInBed", noticed()) == values(d3="390")
    assert days("summary", noticed()) == [
        {"date": "2026-11-03", "totalSleepRecords": 1, "totalTimeInBed": 390}
    ]


def test_no_sleep_is_no_day() -> None:
    assert days("summary") == days("timeInBed") == days("startTime") == []
