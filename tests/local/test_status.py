"""`healthrelay status`, and the doctor's line of it, against the sandbox of both providers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.house.test_docs import FENCED, ROOT
from tests.household import WEIGHTS, Clock, Household, result_of, run_command

STEPS = {"methods": "time_series,get_devices", "resource": "activities/steps", "period": "1m"}
"""At Fitbit the consent covers devices where a method needs them."""
NOVEMBER_22 = datetime(2026, 11, 22, 8)
PAGE = ROOT / "docs" / "cli.md"
BOTH = pytest.mark.parametrize("provider", ["google_health", "fitbit"])


def sync_watch(household: Household, at: datetime) -> None:
    """Let the watch have synced at *at* by the wearer's clock; there is no other device."""
    wearer = household.sandbox.wearer
    wearer.devices = [replace(wearer.devices[0], synced=at)]


def status() -> dict[str, Any]:
    found: dict[str, Any] = result_of("status", "jack")
    return found


def states() -> str:
    return str(status()["series"]["activities-steps"]["states"])


def doctor_line() -> str:
    """Return the line on the measurements of jack, who is alone."""
    return run_command("doctor").out.splitlines()[-1].strip()


@BOTH
def test_a_watch_that_was_not_synced_for_six_days(
    household: Household, household_clock: Clock
) -> None:
    """It is five in the afternoon for jack, who has all on his watch that it has not sent."""
    days = household.sandbox.wearer.days
    unsent = {day: days.pop(day) for day in list(days) if day > NOVEMBER_22.date()}
    sync_watch(household, NOVEMBER_22)
    household.connect(**STEPS)

    household.fetched()

    # 36 hours before that sync it was the evening of the 20th, so the 19th had ended: 22 days
    # from the 29th of October on, on one of which jack wore no watch. 9 more make the 28th.
    assert states() == "ssssssosssssssssssssss" + "ooooooooo"
    household_clock.advance(hours=1)
    household.fetched()
    # Another answer agrees that there is nothing of that day.
    settled = "ssssssesssssssssssssss"
    assert states() == settled + "ooooooooo"
    household_clock.advance(minutes=20)
    line = "last read 20 minutes ago; watch last synced 6 days ago; 9 days open"
    assert doctor_line() == line
    sentence = "synced 6 days ago, on 2026-11-22 at 08:00: 9 days of what it sends are open."
    assert f"The watch last {sentence}\n" in run_command("status", "jack").out

    days |= unsent
    sync_watch(household, datetime(2026, 11, 28, 17))
    assert household.fetched()["added"] == 6
    # 36 hours before it was the morning of the 27th.
    assert states() == settled + "sssssssoo"
    assert doctor_line() == "last read just now; watch last synced 20 minutes ago; 2 days open"

    household_clock.advance(hours=44)
    sync_watch(household, datetime(2026, 11, 30, 12, 5))
    assert states().endswith("soooo"), "nothing settles before it is read"
    household.fetched()
    # 36 hours before it the 29th was five minutes old.
    assert states() == settled + "sssssssssoo"


@BOTH
def test_days_that_failed_are_named_and_cost_the_doctor_nothing(household: Household) -> None:
    sync_watch(household, NOVEMBER_22)
    household.connect(**STEPS)
    household.fetched(methods="get_devices")
    household.sandbox.fail("/(activities|dataTypes)/", status=429, times=20)
    household.fetch()

    assert (
        doctor_line()
        == "last read just now; watch last synced 6 days ago; 31 days failed (rate_limited)"
    )
    measurements = result_of("doctor")["jack"]["measurements"]
    assert (measurements["failed"], measurements["causes"]) == (
        31,
        {"activities-steps": "rate_limited"},
    )


@BOTH
def test_a_first_fetch_of_which_nothing_could_be_read(household: Household) -> None:
    household.connect(**STEPS | {"methods": "time_series"})
    household.sandbox.fail("/", status=429, times=20)
    household.fetch()

    assert doctor_line() == "nothing could be read yet; 31 days failed (rate_limited)"


@BOTH
def test_a_record_that_is_gone_at_the_provider_waits_for_another_look(household: Household) -> None:
    household.connect(methods="get_bodyweight", period="1m")
    household.fetched()
    household.sandbox.wearer.weights.pop()
    household.fetched()

    assert (status()["missing"], status()["series"]["weight"]["missing"]) == (1, 1)
    assert (
        "1 record is missing at the provider (weight: 1): kept until another look agrees."
    ) in run_command("status", "jack").out


def test_before_anything_was_read(household: Household) -> None:
    household.add("jack", **STEPS)

    assert run_command("status", "jack").out == (
        "jack: not connected\n"
        "  No consent was given yet.\n"
        "  Connect: healthrelay invite jack\n"
        "\nNothing was read yet.\n"
    )
    assert status()["series"] == {}
    assert run_command("status", "emma", code=2).err == "There is no user emma.\n"


def without_seconds(text: str) -> str:
    return re.sub(r"(T15:00):[\d.]+", r"\1:00", text)


def test_the_page_shows_what_is_printed(household: Household, household_clock: Clock) -> None:
    sync_watch(household, NOVEMBER_22)
    household.connect(methods="time_series", resource="activities/steps", period="1m")
    household.fetched()
    household_clock.advance(hours=1)
    household.fetched()
    household_clock.advance(minutes=20)

    blocks = [block for _, block in FENCED.findall(PAGE.read_text())]

    assert run_command("status", "jack").out in blocks
    assert without_seconds(run_command("status", "jack", "--json").out) in blocks


def test_of_everybody_it_has_weight_state_and_next_fetch(
    household: Household, household_clock: Clock
) -> None:
    household.connect("jack", **WEIGHTS)
    household.fetched()
    household.add("mia", interval="7200")

    people = result_of("status")

    assert list(people) == ["jack", "mia"]
    newest = household.snapshot()["body-weight"][-1]
    assert people["jack"]["weight"] == {
        "value": newest["value"],
        "unit": "kg",
        "day": newest["dateTime"],
    }
    assert people["jack"]["connection"]["state"] == "connected"
    ahead = datetime.fromisoformat(people["jack"]["next_fetch"]) - household_clock.now()
    assert timedelta() < ahead <= timedelta(hours=1)
    assert (people["mia"]["weight"], people["mia"]["next_fetch"]) == (None, None)
    assert people["mia"]["connection"]["state"] == "not connected"
    household_clock.advance(hours=1)
    later = datetime.fromisoformat(result_of("status")["jack"]["next_fetch"])
    assert later - datetime.fromisoformat(people["jack"]["next_fetch"]) == timedelta(hours=1)


def test_who_must_connect_again_has_no_next_fetch(household: Household) -> None:
    household.connect("jack", **WEIGHTS)
    run_command("disconnect", "jack", "--yes")

    assert result_of("status")["jack"]["next_fetch"] is None


def test_the_weight_is_in_the_units_of_the_household(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    household.connect("jack", **WEIGHTS)
    household.fetched()
    kilograms = float(result_of("status")["jack"]["weight"]["value"])
    monkeypatch.setenv("HEALTHRELAY_SYSTEM", "en_US")
    household.rebuild()

    weight = result_of("status")["jack"]["weight"]

    assert weight["unit"] == "lb"
    # A pound is 0.45359237 kg by definition.
    assert float(weight["value"]) == pytest.approx(kilograms / 0.45359237, abs=0.1)


def test_without_anybody_it_says_what_comes_first(household: Household) -> None:
    assert run_command("status").out == "Nobody is here yet. Next: healthrelay user add NAME\n"
