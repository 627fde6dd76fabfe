"""When a person is due: from the clock alone, once a slot, spread evenly."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.delivery.tasks import asked_fetch, due, remind, retry
from healthrelay.core.errors import BadRequest
from healthrelay.core.household.settings import interval

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR, TICK = timedelta(hours=1), timedelta(minutes=15)
INTERVALS = st.integers(900, 604_800).map(lambda seconds: timedelta(seconds=seconds))
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
USERS = st.from_regex(r"[A-Za-z_][-_.A-Za-z0-9]{0,63}", fullmatch=True)


def ticks(user: str, length: timedelta, start: datetime, hours: int) -> list[tuple[str, datetime]]:
    """Name and time of every new task, with a scheduler that looks four times an hour."""
    seen: dict[str, datetime] = {}
    for number in range(hours * 4):
        now = start + number * TICK
        for task in due(user, length, now, HOUR):
            seen.setdefault(task.name, task.at or now)
    return sorted(seen.items(), key=lambda pair: pair[1])


@given(USERS, INTERVALS, INSTANTS)
def test_ticks_give_one_task_a_slot(user: str, length: timedelta, start: datetime) -> None:
    times = [at for _, at in ticks(user, length, start, 48)]

    gaps = [(later - earlier) for earlier, later in pairwise(times)]
    assert abs(len(times) - timedelta(hours=48) / length) <= 2
    # The first may begin late, in the midst of its slot.
    assert all(gap == length for gap in gaps[1:])


@given(USERS, INTERVALS, INSTANTS)
def test_names_are_legal_and_never_those_of_somebody_else(
    user: str, length: timedelta, now: datetime
) -> None:
    names = [task.name for task in due(user, length, now, HOUR)]

    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,500}", name) for name in names)
    assert not set(names) & {task.name for task in due(user + "x", length, now, HOUR)}
    assert not any(user in name for name in names if len(user) > 6)


@given(USERS, INSTANTS, st.timedeltas(-HOUR, HOUR))
def test_a_retry_is_named_after_its_person_and_instant(
    user: str, at: datetime, zone: timedelta
) -> None:
    one = retry(user, at)

    assert (one.function, one.user, one.at) == ("deliver", user, at)
    assert re.fullmatch(r"[0-9a-f]{16}-retry-\d{8}T\d{6}-\d{6}", one.name)
    assert retry(user, at.astimezone(timezone(zone))).name == one.name
    assert retry(user, at + timedelta(microseconds=1)).name != one.name
    assert retry(user + "x", at).name != one.name


def test_missed_ticks_are_caught_up_within_the_dedup_window() -> None:
    length = timedelta(hours=10)
    (name, begins), *_ = ticks("jack", length, NOW, 24)[1:]

    for late in (timedelta(0), timedelta(minutes=44)):
        assert name in [task.name for task in due("jack", length, begins + late, HOUR)]
    # Later nobody knows whether it had run: the next slot reads what was missed.
    assert due("jack", length, begins + timedelta(minutes=46), HOUR) == []
    assert due("jack", length, begins + timedelta(hours=9), timedelta(days=1))[0].name == name


def test_people_are_spread_over_the_hour() -> None:
    begun = [ticks(f"user{number}", HOUR, NOW, 3)[1][1] for number in range(1200)]

    minutes = Counter(at.minute // 5 for at in begun)
    assert len(minutes) == 12
    assert max(minutes.values()) < 150
    assert min(minutes.values()) > 60


def test_another_interval_is_another_slot() -> None:
    (one,) = due("jack", timedelta(days=1), NOW, timedelta(days=2))
    (other,) = due("jack", timedelta(days=2), NOW, timedelta(days=3))

    assert one.name != other.name


@pytest.mark.parametrize("text", ["899", "604801", "-900", "1e4", "ten", "9" * 30, "٩٠٠"])
def test_interval_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="900 to 604800"):
        interval({"interval": text})


def test_interval_is_an_hour_unless_set() -> None:
    assert interval({}) == HOUR
    assert interval({"interval": "36000"}) == timedelta(hours=10)  # the old plugin's
    assert interval({"interval": "900"}) == TICK


def reminders(pace: timedelta, days: int) -> list[float]:
    """After how many hours a caller that looks every *pace* is to report it."""
    looks = [look * pace for look in range(int(timedelta(days=days) / pace) + 1)]
    return [after / HOUR for after in looks if remind(NOW, NOW + after, pace)]


def test_after_a_day_and_then_daily() -> None:
    assert reminders(HOUR, 3) == [24, 48, 72]
    assert reminders(10 * HOUR, 3) == [30, 50]
    assert reminders(timedelta(days=2), 6) == [48, 96, 144]


@pytest.mark.parametrize("hours", [-30, -1, 0, 1, 23])
def test_what_is_younger_than_a_day_or_yet_to_come_is_not_reported(hours: int) -> None:
    now = NOW + hours * HOUR

    assert not any(remind(NOW, now, pace * HOUR) for pace in (1, 24, 168))


def test_who_asks_twice_in_a_minute_asks_for_one_fetch() -> None:
    days = {"base_date": "2026-11-24", "end_date": "2026-11-24"}
    at = datetime(2026, 11, 28, 17, 2, 3, tzinfo=UTC)

    one, again = (asked_fetch("jack", at + timedelta(seconds=s), days) for s in (0, 56))
    later = asked_fetch("jack", at + timedelta(seconds=57), days)
    other, whose = asked_fetch("jack", at, {}), asked_fetch("anna", at, days)

    assert one == again
    assert (one.function, one.user, dict(one.params), one.at) == ("fetch", "jack", days, None)
    assert len({task.name for task in (one, later, other, whose)}) == 4
    assert re.fullmatch(r"[\w-]{1,500}", one.name)
