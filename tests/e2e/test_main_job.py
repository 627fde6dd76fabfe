"""A weight, from the wearer's scale to where Igor reads it."""

import pytest

from tests.household import Household

FOUR = "body/weight,body/fat,body/bmi,activities/steps"


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_four_series_arrive_and_can_be_polled(household: Household) -> None:
    household.connect(methods="time_series", resource=FOUR, period="30d")

    fetched = household.fetched()

    assert fetched["user"] == "jack"
    assert set(fetched["series"]) == {"body-weight", "body-fat", "body-bmi", "activities-steps"}
    counted = sum(series["count"] for series in fetched["series"].values())
    assert fetched["added"] == counted > 60
    snapshot = household.snapshot()
    assert {name: len(records) for name, records in snapshot.items()} == {
        name: series["count"] for name, series in fetched["series"].items()
    }
    assert all(set(record) == {"dateTime", "value"} for record in snapshot["body-weight"])


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_second_fetch_changes_nothing(household: Household) -> None:
    household.connect(methods="time_series", resource=FOUR, period="30d")
    household.fetched()
    before = household.poll().content

    again = household.fetched()

    assert (again["added"], again["changed"], again["removed"]) == (0, 0, 0)
    assert household.poll().content == before
