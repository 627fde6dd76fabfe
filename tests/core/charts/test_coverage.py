"""The calendar says of each day what the ledger knows, and nothing better."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.charts.coverage import CHOICES, Calendar, Coverage, calendar, runs_of
from healthrelay.core.measurements.days import Moment
from healthrelay.core.measurements.ledger import Days, Device, Ledger
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.status import person_status
from tests.core.charts.given import NOW, TODAY, day

MOMENT = Moment(datetime(2026, 11, 28, 16, 2, tzinfo=UTC), NOW)
STEPS, WEIGHT, SLEEP, HEART = "activities-steps", "body-weight", "sleep", "activities-heart"
WATCH = Device("TRACKER", "Charge 6", "2026-11-28T16:31:00", "2026-11-28")
SCALE = Device("SCALE", "Aria", "2026-11-28T07:12:00", "2026-11-28")
_, NONE, OPEN, FAILED = Coverage
COMPLETE = Coverage.COMPLETE


def shown(
    choice: str = "all",
    causes: dict[str, str] | None = None,
    year: int | None = None,
    devices: tuple[Device, ...] = (WATCH, SCALE),
    **letters: str,
) -> Calendar:
    """The calendar of series whose last days, up to today, have these *letters*."""
    names = {name.replace("_", "-"): states for name, states in letters.items()}
    days = {
        name: Days(date.fromordinal(TODAY.toordinal() - len(states) + 1), states)
        for name, states in names.items()
    }
    listed = {str(number): device for number, device in enumerate(devices)}
    ledger = Ledger(read_at="x", days=days, devices=listed, causes=causes or {})
    ledger = ledger._replace(read_at=MOMENT.now.isoformat())
    windows = [Window(name, one.start, one.end) for name, one in days.items()]
    return calendar(person_status(ledger, windows, MOMENT), choice, year)


def of(found: Calendar) -> list[Coverage]:
    return list(found.days.values())


def test_each_state_of_the_ledger_is_one_of_the_calendar() -> None:
    found = shown("steps", {STEPS: "try_later"}, activities_steps="sfeo")

    assert of(found) == [COMPLETE, FAILED, NONE, OPEN]
    assert list(found.days) == [day(25), day(26), day(27), day(28)]
    assert [found.count(one) for one in Coverage] == [1, 1, 1, 1]


def test_not_to_weigh_oneself_is_no_fault() -> None:
    assert of(shown("weight", body_weight="seo")) == [COMPLETE, COMPLETE, OPEN]


def test_everything_shows_the_worst() -> None:
    causes = {WEIGHT: "try_later"}
    found = shown("all", causes, activities_steps="sssse", body_weight="efoss", sleep="sssss")

    assert of(found) == [COMPLETE, FAILED, OPEN, COMPLETE, NONE]


def test_a_choice_shows_its_own_series_alone() -> None:
    causes = {STEPS: "try_later"}

    found = shown("sleep", causes, activities_steps="fff", sleep="ses")

    assert of(found) == [COMPLETE, NONE, COMPLETE]
    assert of(shown("heart", causes, activities_steps="fff")) == []


def test_a_day_of_which_one_of_two_sources_has_something_is_not_empty() -> None:
    found = shown("steps", activities_steps="ee", activities_summary="se")

    assert of(found) == [COMPLETE, NONE]


def test_days_that_wait_for_no_device_are_not_open_beside_those_that_do() -> None:
    """Nobody's device settles water: it is open for 31 days in any case."""
    assert of(shown(activities_steps="sso", water="ooo")) == [COMPLETE, COMPLETE, OPEN]
    assert of(shown(water="soo", devices=())) == [COMPLETE, OPEN, OPEN]


def test_days_that_are_left_to_the_next_fetch_are_open() -> None:
    """The ledger has no cause of them: nothing stood in the way."""
    assert of(shown("steps", activities_steps="sf")) == [COMPLETE, OPEN]


def test_only_what_could_not_be_read_has_a_cause() -> None:
    found = shown("all", {WEIGHT: "try_later"}, activities_steps="ssf", body_weight="sfs")

    assert [tuple(group) for group in found.groups] == [
        (FAILED, ((day(27), day(27)),), ("try_later",)),
        (OPEN, ((day(28), day(28)),), ()),
    ]


def test_nothing_is_shown_of_days_before_the_first() -> None:
    found = shown(activities_steps="so")

    assert (found.first, found.last) == (date(2025, 12, 1), TODAY)
    assert list(found.days) == [day(27), day(28)]
    assert not found.earlier


def test_twelve_months_end_with_this_one_and_older_years_are_whole() -> None:
    letters = "s" * 1000

    found, before = shown(activities_steps=letters), shown(activities_steps=letters, year=2025)

    assert (min(found.days), max(found.days), len(found.days)) == (date(2025, 12, 1), TODAY, 363)
    assert (min(before.days), max(before.days)) == (date(2025, 1, 1), date(2025, 12, 31))
    assert found.earlier
    assert before.earlier
    assert not shown(activities_steps=letters, year=2024).earlier


def test_what_is_not_complete_is_listed_with_its_causes() -> None:
    found = shown("steps", {STEPS: "try_later"}, activities_steps="esseesfsoo")

    assert [tuple(group) for group in found.groups] == [
        (FAILED, ((day(25), day(25)),), ("try_later",)),
        (OPEN, ((day(27), day(28)),), ()),
        (NONE, ((day(22), day(23)), (day(19), day(19))), ()),
    ]


def test_a_choice_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError):
        shown("moods", activities_steps="s")


@given(st.text("osef", max_size=40), st.text("osef", max_size=40), st.sampled_from([*CHOICES]))
def test_no_day_that_is_not_complete_is_left_out(steps: str, weight: str, choice: str) -> None:
    found = shown(choice, {STEPS: "try_later"}, activities_steps=steps, body_weight=weight)

    listed = [
        date.fromordinal(ordinal)
        for group in found.groups
        for first, last in group.runs
        for ordinal in range(first.toordinal(), last.toordinal() + 1)
    ]
    assert sorted(listed) == [d for d, one in found.days.items() if one is not COMPLETE]
    assert all(a < b for a, b in pairwise(found.days))
    assert sum(found.count(one) for one in Coverage) == len(found.days)


def test_runs_are_the_newest_first() -> None:
    assert runs_of([day(1), day(2), day(4)]) == ((day(4), day(4)), (day(1), day(2)))
    assert runs_of([]) == ()
