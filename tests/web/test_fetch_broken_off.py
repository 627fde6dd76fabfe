"""A fetch that a quota breaks off keeps what it read, and the next one goes on from there."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest

from healthrelay.flows.measurements.gather import WORKERS
from sandbox import Sandbox
from tests.household import TODAY, Household

QUOTA = 150
FIVE = "body,activities,sleep,foods_log,foods_log_water"
ONE_DAY = re.compile(r"/(body|activities|sleep|foods/log|foods/log/water)/date/([\d-]+)\.json")


@pytest.fixture
def provider() -> str:
    return "fitbit"


def next_hour(sandbox: Sandbox) -> None:
    """Start with a fresh quota and no requests."""
    sandbox.fitbit.per_hour += len(calls(sandbox))
    sandbox.reset()


def calls(sandbox: Sandbox) -> list[tuple[str, str]]:
    """Kind and day of every call for a day, refused ones included."""
    matches = (ONE_DAY.search(request.path) for request in sandbox.journal)
    return [(match[1], match[2]) for match in matches if match]


def days(ago: int) -> set[str]:
    return {(TODAY - timedelta(days=n)).isoformat() for n in range(ago)}


def test_a_month_of_five_methods_by_the_day_comes_in_two_hours(household: Household) -> None:
    household.connect(methods=FIVE, period="1m")
    next_hour(household.sandbox)

    first = household.fetched()

    assert set(first["unavailable"]) == {"water", "water-summary"}
    unavailable = first["unavailable"]["water"]
    assert (unavailable["who"], unavailable["cause"]) == ("nobody", "rate_limited")
    assert 0 < unavailable["retry_after"] <= 3600
    counts = Counter(kind for kind, _ in calls(household.sandbox))
    # No more than what was under way is read in vain.
    assert sum(counts.values()) <= QUOTA + WORKERS
    month = counts["body"]
    assert month == counts["activities"] == counts["sleep"] == counts["foods/log"] >= 28
    before = household.snapshot()
    records = household.services.store.records
    states = records.ledger("jack").days
    assert "f" in states["water"].states
    assert "f" not in states["body"].states + states["foods"].states

    next_hour(household.sandbox)
    second = household.fetched()

    assert "unavailable" not in second
    counts = Counter(kind for kind, _ in calls(household.sandbox))
    # The three newest days, and two or three of the others in turn.
    assert counts["body"] == counts["activities"] == counts["foods/log"] == counts["sleep"]
    assert 5 <= counts["body"] <= 6
    assert counts["foods/log/water"] < month
    assert {days.start for days in records.ledger("jack").days.values()} == {states["body"].start}
    assert "f" not in records.ledger("jack").days["water"].states
    after = household.snapshot()
    assert [after[name] for name in ("body", "sleep")] == [
        before[name] for name in ("body", "sleep")
    ]


def test_named_dates_that_are_asked_for_again_come_to_an_end_too(household: Household) -> None:
    household.connect(methods=FIVE)
    next_hour(household.sandbox)

    assert "unavailable" in household.fetched(period="1m")
    next_hour(household.sandbox)
    household.fetched(period="1m")

    known = household.services.store.records.ledger("jack").days
    assert len({(days.start, days.end) for days in known.values()}) == 1
    assert not any("f" in days.states for days in known.values())


def test_more_days_than_an_hour_allows_are_read_over_several_with_or_without_data(
    household: Household,
) -> None:
    household.connect(methods="foods_log", period="1y")
    seen: set[str] = set()
    for hour in range(3):
        next_hour(household.sandbox)
        fetched = household.fetched()
        read = [day for _, day in calls(household.sandbox)]
        # The newest days come first, and after that only what may have changed comes again.
        assert days(3) <= set(read)
        assert len(seen & set(read)) <= (0 if hour == 0 else 7 + 2 * WORKERS)
        seen |= set(read)
        assert ("unavailable" in fetched) == (hour < 2)

    assert days(365) <= seen
    assert len(household.services.store.records.ledger("jack").days["foods"].states) >= 365


@pytest.mark.parametrize("provider", ["google_health"])
def test_a_passing_trouble_leaves_a_hole_that_the_next_fetch_fills(household: Household) -> None:
    household.connect(methods="time_series", resource="activities/calories", period="3m")
    household.sandbox.fail("total-calories", status=503)

    first = household.fetched()
    second = household.fetched()

    assert first["unavailable"]["activities-calories"]["cause"] == "try_later"
    assert first["added"] > 0 < second["added"]
    assert "unavailable" not in second
    assert household.fetched(period="3m")["added"] == 0
