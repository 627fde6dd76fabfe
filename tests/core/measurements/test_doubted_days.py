"""One answer may be wrong: a day is empty when others agree, an hour or some days later."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.measurements.days import Moment
from healthrelay.core.measurements.ledger import Days, Ledger, State
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.reads import Source, count_calls
from healthrelay.core.measurements.settling import DaysRead, after_reading
from healthrelay.core.measurements.wanted import wanted

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = "activities-steps"
QUARTERLY = (Source("steps", days=90),)
PAST = 90
"""Days of history that are wanted; with no device each of them settles after 31 days."""


def moment(now: datetime) -> Moment:
    return Moment(now, now.replace(tzinfo=None))


def planned(known: Ledger, now: datetime, past: int = PAST) -> dict[Window, tuple[Source, ...]]:
    today = now.date()
    return wanted({Window(STEPS, today - timedelta(past), today): QUARTERLY}, known, moment(now))


def read(
    known: Ledger, now: datetime, stored: set[date], given: Collection[date], past: int = PAST
) -> tuple[Ledger, set[date]]:
    """Return what a fetch makes of *known*, and the days it read; *stored* grows by what is new."""
    windows = list(planned(known, now, past))
    days = {day for window in windows for day in each_day(window)}
    new = (days & set(given)) - stored
    stored |= new
    held, changed = ({(STEPS, day.isoformat()) for day in some} for some in (stored, new))
    return after_reading(known, windows, DaysRead(held, changed), moment(now)), days


def each_day(window: Window) -> list[date]:
    return [window.start + timedelta(n) for n in range((window.end - window.start).days + 1)]


WITH_DATA = st.frozensets(st.integers(0, PAST).map(lambda ago: NOW.date() - timedelta(ago)))
FETCHES = st.lists(st.tuples(st.integers(1, 200), st.booleans()), min_size=1, max_size=8)
"""Minutes before a fetch, and whether it gets an empty answer."""


@given(WITH_DATA, FETCHES)
def test_no_single_answer_makes_a_day_empty(
    with_data: frozenset[date], fetches: list[tuple[int, bool]]
) -> None:
    """As the rule is worded, after each fetch of several, some of which get an empty answer."""
    known, now = Ledger(), NOW
    stored: set[date] = set()
    looks: dict[date, list[datetime]] = {}
    for minutes, is_empty in fetches:
        now += timedelta(minutes=minutes)
        known, days = read(known, now, stored, () if is_empty else with_data)
        for day in days:
            looks.setdefault(day, []).append(now)
        empty = known.days[STEPS].where([State.EMPTY])
        assert not stored.intersection(empty)
        assert all(looks[day][-1] - looks[day][0] >= HOUR for day in empty)

    # Readings on three days say of each day that was old by the first one what it is.
    oldest_open = (now + DAY).date() - timedelta(31)
    for _ in range(3):
        now += DAY
        known, _ = read(known, now, stored, with_data)
    assert all(day >= oldest_open for day in known.days[STEPS].where([State.OPEN]))


@given(st.integers(0, 23), st.integers(1, 25))
def test_history_that_stays_away_for_a_day_is_not_lost(begun: int, hours: int) -> None:
    """Hourly fetches that get nothing, also beyond a midnight, and then what there was."""
    with_data = frozenset(NOW.date() - timedelta(ago) for ago in range(3, PAST))
    known, now, stored = Ledger(), NOW.replace(hour=begun), set[date]()
    for _ in range(hours):
        known, _ = read(known, now, stored, ())
        now += HOUR
    assert not known.days[STEPS].where([State.EMPTY], since=now.date() - timedelta(28))
    assert known.days[STEPS].states.startswith("o" * (PAST - 31))
    for _ in range(2):
        known, _ = read(known, now, stored, with_data)
        now += DAY

    assert stored == with_data


def test_two_days_alone_are_believed_after_an_hour() -> None:
    days = Days(NOW.date() - timedelta(60), "s" * 10 + "o" * 2 + "s" * 49)
    known, stored = Ledger(days={STEPS: days}), set(days.where([State.SETTLED]))
    for now in (NOW, NOW + HOUR):
        known, _ = read(known, now, stored, (), 30)

    assert known.days[STEPS].states == "s" * 10 + "e" * 2 + "s" * 18 + "o" * 31


def test_years_without_data_are_read_on_three_days_and_then_never_again() -> None:
    """Ten years take 41 calls of 90 days, not one for each of 3,654 days."""
    known, calls = Ledger(), dict[int, list[int]]()
    for day in range(4):
        for hours in range(4):
            now = NOW + day * DAY + hours * HOUR
            calls.setdefault(day, []).append(count_calls(planned(known, now, 3653)))
            known, _ = read(known, now, set(), (), 3653)

    # 20 a fetch beside that of the last 31 days, of which an hour is enough.
    assert calls == {0: [41, 1, 1, 1], 1: [21, 20, 3, 1], 2: [21, 20, 3, 1], 3: [1, 1, 1, 1]}
    assert known.days[STEPS].states == "e" * 3625 + "o" * 32


def test_a_hole_between_two_readings_is_empty_after_three_days() -> None:
    days = Days(NOW.date() - timedelta(60), "s" * 10 + "o" * 19 + "s" * 32)
    known, now, shown = Ledger(days={STEPS: days}), NOW, []
    stored = set(days.where([State.SETTLED]))
    for later in (HOUR, DAY, DAY, DAY):
        known, _ = read(known, now, stored, (), 30)
        shown.append(known.days[STEPS].states[:29])
        now += later

    assert shown == ["s" * 10 + "o" * 19] * 3 + ["s" * 10 + "e" * 19]
