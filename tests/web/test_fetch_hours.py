"""``start_time`` and ``end_time``: some hours of a day from either provider, the rest untouched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.household import TODAY, Household

POINTS = {"methods": "intraday_time_series", "resource": "activities/steps,activities/heart"}
YESTERDAY = (TODAY - timedelta(days=1)).isoformat()
BOTH = pytest.mark.parametrize("provider", ["google_health", "fitbit"])


def points(household: Household, series: str) -> list[dict[str, Any]]:
    """Yesterday's."""
    days = household.snapshot().get(f"activities-{series}-intraday", [])
    return [point for day in days if day["dateTime"] == YESTERDAY for point in day["dataset"]]


def inside(point: dict[str, Any]) -> bool:
    return "08:00:00" <= point["time"] <= "12:30:00"


@BOTH
def test_only_the_points_of_the_hours_arrive(household: Household) -> None:
    household.connect(**POINTS)
    household.fetched(base_date=YESTERDAY)
    whole = {name: points(household, name) for name in ("steps", "heart")}
    household.services.store.identities.remove("jack")
    household.connect(**POINTS)

    household.fetched(base_date=YESTERDAY, start_time="08:00", end_time="12:30")

    for name, known in whole.items():
        assert points(household, name) == [point for point in known if inside(point)] != known


@BOTH
def test_the_other_hours_of_the_day_stay(household: Household) -> None:
    household.connect(**POINTS)
    household.fetched(base_date=YESTERDAY)
    before = {name: points(household, name) for name in ("steps", "heart")}
    day = date.fromisoformat(YESTERDAY)
    known = household.sandbox.wearer.days[day]
    household.sandbox.wearer.days[day] = replace(known, steps=known.steps + 600)

    fetched = household.fetched(base_date=YESTERDAY, start_time="08:00", end_time="12:30")

    assert (fetched["added"], fetched["changed"], fetched["removed"]) == (0, 1, 0)
    after = points(household, "steps")
    assert [p for p in after if not inside(p)] == [p for p in before["steps"] if not inside(p)]
    assert [p for p in after if inside(p)] != [p for p in before["steps"] if inside(p)]
    assert points(household, "heart") == before["heart"]


@BOTH
def test_hours_among_the_settings_are_read_each_day(household: Household) -> None:
    household.connect(**POINTS, start_time="08:00", end_time="12:30", period="1w")

    household.fetched()
    household.sandbox.reset()
    again = household.fetched()

    assert (again["added"], again["changed"], again["removed"]) == (0, 0, 0)
    assert all(inside(point) for point in points(household, "steps"))
    assert set(household.services.store.records.ledger("jack").days) == {
        f"activities-{name}-intraday 08:00-12:30" for name in ("steps", "heart")
    }


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        ({"start_time": "08:00"}, "Give start_time and end_time together."),
        ({"start_time": "8", "end_time": "9"}, "start_time must be a time like 08:30."),
        ({"start_time": "09:00", "end_time": "08:00"}, "end_time must not lie before start_time."),
    ],
)
@BOTH
def test_wrong_hours_get_one_sentence_and_cost_no_call(
    household: Household, hours: dict[str, str], sentence: str
) -> None:
    household.connect(**POINTS)
    household.sandbox.reset()

    answer = household.fetch(**hours)

    assert (answer.status_code, answer.json()["error"]) == (400, sentence)
    assert list(household.sandbox.journal) == []
