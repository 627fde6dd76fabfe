"""A machine whose clock is years away reads and stores nothing by it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.household import START, WEIGHTS, Clock, Household

BOTH = pytest.mark.parametrize("provider", ["google_health", "fitbit"])
YEAR = timedelta(days=365)


def dates_asked(household: Household) -> list[str]:
    return [str(entry) for entry in household.sandbox.journal if "7026" in str(entry)]


@BOTH
@pytest.mark.parametrize("years", [5000, 6, -6])
def test_a_clock_that_is_years_away_is_the_machines_trouble(
    household: Household, household_clock: Clock, years: int
) -> None:
    household.connect(**WEIGHTS)
    household.fetched()
    records, ledger = household.services.store.records, household.services.store.records.ledger
    before = records.everything("jack"), ledger("jack")
    away = START + years * YEAR
    household.services.now = lambda: away
    household.sandbox.reset()

    answer = household.fetch()

    assert (answer.status_code, answer.json()["who"], answer.json()["cause"]) == (
        502,
        "owner",
        "clock",
    )
    assert f"says {away:%Y-%m-%d}, that of the provider 2026-11-28" in answer.json()["error"]
    assert (records.everything("jack"), ledger("jack")) == before
    assert dates_asked(household) == []

    household.services.now = household_clock.now
    assert household.fetched()["removed"] == 0


@BOTH
def test_before_anything_was_read_the_providers_clock_decides(household: Household) -> None:
    household.connect(**WEIGHTS)
    household.services.now = lambda: START - 6 * YEAR

    assert household.fetch().json()["cause"] == "clock"
    assert household.services.store.records.everything("jack") == []


@BOTH
def test_a_provider_without_a_readable_date_stops_nobody(household: Household) -> None:
    household.connect(**WEIGHTS)
    household.sandbox.fail("/", mode="slow", pause=0, times=50, headers={"Date": "not a date"})

    assert household.fetched()["added"] > 0


@BOTH
def test_a_provider_whose_clock_is_wrong_stops_nobody_who_was_read_before(
    household: Household, household_clock: Clock
) -> None:
    household.connect(**WEIGHTS)
    household.fetched()
    wrong = {"Date": "Wed, 28 Nov 2040 15:00:00 GMT"}
    household.sandbox.fail("/", mode="slow", pause=0, times=50, headers=wrong)
    household_clock.advance(hours=1)

    household.fetched()


@BOTH
def test_a_machine_that_slept_for_four_years_goes_on(
    household: Household, household_clock: Clock
) -> None:
    household.connect(**WEIGHTS)
    household.fetched()
    household_clock.advance(days=4 * 365)

    household.fetched()
