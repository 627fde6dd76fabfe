"""How many calls a fetch takes that reads 31 days again."""

from __future__ import annotations

import pytest

from tests.household import Household

THREE = "activities/steps,activities/floors,body/weight"
FIFTEEN = ",".join(
    (
        *(f"activities/{name}" for name in ("steps", "distance", "floors", "elevation")),
        *("activities/calories", "activities/activityCalories", "activities/caloriesBMR"),
        *(f"activities/minutes{level}Active" for level in ("Lightly", "Fairly", "Very")),
        *("body/weight", "body/fat", "body/bmi", "sleep/minutesAsleep", "sleep/efficiency"),
    )
)


def count_calls(household: Household) -> int:
    """Return how many calls the next fetch makes that nobody names days for."""
    household.sandbox.reset()
    assert "unavailable" not in household.fetched()
    return len(household.sandbox.journal)


# Fitbit's consent is not asked for devices by these methods: there, days settle by age.
@pytest.mark.parametrize(("provider", "devices"), [("google_health", 1), ("fitbit", 0)])
def test_three_daily_series_take_three_calls_and_one_for_the_devices(
    household: Household, devices: int
) -> None:
    household.connect(methods="time_series", resource=THREE)
    household.fetched()

    assert count_calls(household) == 3 + devices


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_fifteen_series_take_no_more_than_twenty(household: Household) -> None:
    household.connect(methods="time_series", resource=FIFTEEN)
    household.fetched()

    assert count_calls(household) <= 20
