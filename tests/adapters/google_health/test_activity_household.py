"""Activity end to end: what the sandbox's wearer did, and what both providers make of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from healthrelay.core.measurements.reading import Window
from sandbox import Day, Sandbox
from sandbox.heart import Heart, Zone
from sandbox.logs import Exercise
from sandbox.wearer import Levels
from tests.adapters.reading import MONDAY, SUNDAY, read_window, values
from tests.household import Clock, Household, household_at

Reader = Callable[[Window], list[dict[str, Any]]]
Both = Callable[[Window], list[list[dict[str, Any]]]]


def reader(household: Household) -> Reader:
    """Read windows for a wearer who allows everything that activity needs."""
    household.connect(methods="activities,time_series", resource="activities/heart")
    token = household.services.grants.current("jack", household.services.now())
    provider, access = household.services.provider, token.grant.access
    return lambda window: read_window(provider, access, window, token.account)


@pytest.fixture
def wearer_of_one_day(sandbox: Sandbox) -> None:
    """Everything on one Tuesday."""
    day, wearer = date(2026, 11, 3), sandbox.wearer
    wearer.clear()
    wearer.days[day] = Day(
        steps=8123,
        millimeters=6_012_345,
        kcal=Decimal("2213.4"),
        floors=9,
        climbed_mm=27_432,
        active_kcal=612,
        basal_kcal=Decimal("1601.4"),
        levels=Levels(sedentary=700, lightly=180, fairly=15, very=22),
    )
    zone = Zone(kind="MODERATE", low=104, high=131, seconds=1500, kcal=Decimal("150.2"))
    wearer.hearts[day] = Heart(resting=57, zones=(zone,), pulse=60)
    run = wearer.instant(datetime(2026, 11, 3, 18, 5))
    wearer.exercises.append(
        Exercise(
            start=run,
            end=run + timedelta(minutes=35),
            log_id="789",
            kind="RUNNING",
            name="Run",
            steps=5100,
            millimeters=5_012_000,
            kcal=310,
            bpm=148,
            climbed_mm=0,
            active_zone_minutes=40,
            zone_seconds=(0, 2100, 0, 0),
        )
    )


@pytest.mark.usefixtures("wearer_of_one_day")
@pytest.mark.parametrize("prefix", ["activities-", "activities-tracker-"])
def test_time_series(household: Household, prefix: str) -> None:
    read = reader(household)
    totals = {
        "steps": "8123",
        "distance": "6.012345",
        "floors": "9",
        "elevation": "27.432",
        "calories": "2213",
        "activityCalories": "612",
        "minutesSedentary": "700",
        "minutesLightlyActive": "180",
        "minutesFairlyActive": "15",
        "minutesVeryActive": "22",
    }

    converted = {name: read(Window(f"{prefix}{name}", MONDAY, SUNDAY)) for name in totals}

    assert converted == {name: values(d3=value) for name, value in totals.items()}


@pytest.mark.usefixtures("wearer_of_one_day")
def test_a_day_as_a_whole(household: Household) -> None:
    read = reader(household)
    zones = [
        {"caloriesOut": 0, "minutes": 0, "name": "Out of Range"},
        {"caloriesOut": 150.2, "max": 131, "min": 104, "minutes": 25, "name": "Fat Burn"},
        {"caloriesOut": 0, "minutes": 0, "name": "Cardio"},
        {"caloriesOut": 0, "minutes": 0, "name": "Peak"},
    ]

    heart = {"customHeartRateZones": [], "heartRateZones": zones, "restingHeartRate": 57}
    assert read(Window("activities-heart", MONDAY, SUNDAY)) == values(d3=heart)
    assert read(Window("activities-summary", MONDAY, SUNDAY)) == [
        {
            "date": "2026-11-03",
            "activityCalories": 612,
            "caloriesBMR": 1601,
            "caloriesOut": 2213,
            "distances": [{"activity": "total", "distance": 6.01}],
            "elevation": 27.43,
            "fairlyActiveMinutes": 15,
            "floors": 9,
            "heartRateZones": zones,
            "lightlyActiveMinutes": 180,
            "restingHeartRate": 57,
            "sedentaryMinutes": 700,
            "steps": 8123,
            "veryActiveMinutes": 22,
        }
    ]
    assert read(Window("activities", MONDAY, SUNDAY)) == [
        {
            "activeDuration": 2_100_000,
            "activeZoneMinutes": {"totalMinutes": 40},
            "averageHeartRate": 148,
            "calories": 310,
            "distance": 5.01,
            "duration": 2_100_000,
            "elevationGain": 0,
            "hasStartTime": True,
            "heartRateZones": [{"minutes": 35, "name": "Fat Burn"}],
            "logId": 789,
            "name": "Run",
            "startDate": "2026-11-03",
            "startTime": "18:05",
            "steps": 5100,
        }
    ]


@pytest.mark.usefixtures("wearer_of_one_day")
@pytest.mark.parametrize(
    ("series", "total"), [("steps", 8123), ("distance", 6.012345), ("calories", 2213.4)]
)
def test_the_minutes_come_to_the_day(household: Household, series: str, total: float) -> None:
    window = Window(f"activities-{series}-intraday", MONDAY, SUNDAY, "1min")

    (element,) = reader(household)(window)

    assert element["dateTime"] == "2026-11-03"
    assert element["dataset"][0]["time"] == "08:00:00"
    assert sum(point["value"] for point in element["dataset"]) == pytest.approx(total)


@pytest.fixture
def both(
    sandbox: Sandbox, household_clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Both:
    """Read a window from Google Health and from Fitbit, from one household after the other."""

    def read(window: Window) -> list[list[dict[str, Any]]]:
        answers = []
        for provider in ("google_health", "fitbit"):
            folder = tmp_path / provider
            folder.mkdir()
            chosen = {"HEALTHRELAY_PROVIDER": provider}
            with household_at(folder, sandbox, chosen, household_clock, monkeypatch) as household:
                answers.append(reader(household)(window))
        return answers

    return read


@pytest.mark.parametrize(
    "series",
    [
        *("steps", "tracker-steps", "distance", "floors", "elevation"),
        *("calories", "activityCalories", "caloriesBMR"),
        *("minutesSedentary", "minutesLightlyActive", "minutesFairlyActive"),
        *("tracker-minutesVeryActive", "heart", "active-zone-minutes"),
    ],
)
def test_both_providers_tell_the_same_of_a_month(sandbox: Sandbox, both: Both, series: str) -> None:
    yesterday = sandbox.wearer.today() - timedelta(days=1)
    window = Window(f"activities-{series}", yesterday - timedelta(days=29), yesterday)

    google, fitbit = both(window)

    # Fitbit has a zero for what Google does not know.
    known = {element["dateTime"] for element in google}
    assert len(known) > 15
    assert google == [element for element in fitbit if element["dateTime"] in known]


@pytest.mark.usefixtures("wearer_of_one_day")
@pytest.mark.parametrize(
    ("series", "detail"),
    [("steps", "1min"), ("distance", "15min"), ("heart", "1min"), ("heart", "1sec")],
)
def test_both_providers_tell_the_same_of_a_day(both: Both, series: str, detail: str) -> None:
    google, fitbit = both(Window(f"activities-{series}-intraday", MONDAY, SUNDAY, detail))

    worn = [element for element in fitbit if element["dataset"]]
    assert [element["dateTime"] for element in google] == ["2026-11-03"]
    assert google == worn
