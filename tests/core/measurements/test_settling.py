"""A day settles when it can change no more, not when a call succeeded."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.measurements.ledger import Days, Device, Ledger, Mark, State
from healthrelay.core.measurements.records import Window
from healthrelay.core.measurements.settling import (
    after_failure,
    after_reading,
    settled_through,
    with_devices,
)

NOW = datetime(2026, 11, 28, 12)
DAY = date(2026, 11, 20)
WITHIN = "activities-heart-intraday"


def tracker(synced: str, seen: str = "2026-11-28") -> Device:
    return Device("TRACKER", "Charge 6", synced, seen)


def ledger(*devices: Device) -> Ledger:
    return Ledger(devices={str(number): device for number, device in enumerate(devices)})


# The day ends at midnight of the 21st; 36 hours later is noon of the 22nd. Without a device it
# is the 21st and 31 days: the 22nd of December.
@pytest.mark.parametrize(
    ("devices", "now", "settled"),
    [
        pytest.param(["2026-11-22T12:00:00"], NOW, True, id="synced 36 hours after"),
        pytest.param(["2026-11-22T11:59:59"], NOW, False, id="synced a second too early"),
        pytest.param(["2026-11-27T08:00:00", "2026-11-21T08:00:00"], NOW, False, id="one is late"),
        pytest.param(["2026-11-27T08:00:00", ""], NOW, False, id="one does not say"),
        pytest.param([], NOW, False, id="no device"),
        pytest.param([], datetime(2026, 12, 22), True, id="no device, 31 days"),
        pytest.param([], datetime(2026, 12, 21, 23, 59), False, id="no device, not yet 31 days"),
        pytest.param(["2026-11-27T08:00:00", "2026-10-20T08:00:00"], NOW, True, id="one is silent"),
        pytest.param(["2026-11-22T12:05:00"], datetime(2026, 11, 22, 12, 6), False, id="just now"),
    ],
)
def test_when_a_day_settles(devices: list[str], now: datetime, settled: bool) -> None:
    known = ledger(*(tracker(synced) for synced in devices))

    assert (settled_through("activities-steps", known, now) >= DAY) is settled


INSTANTS = st.datetimes(datetime(2026, 10, 1), NOW)


@given(st.lists(st.none() | INSTANTS, max_size=3), st.integers(-70, 0), INSTANTS)
def test_a_day_settles_by_the_slowest_device_or_by_age(
    syncs: list[datetime | None], ago: int, now: datetime
) -> None:
    """As the rule is worded: of a watch in November, whatever the others say."""
    day = now.date() + timedelta(days=ago)
    ended = datetime(day.year, day.month, day.day) + timedelta(days=1)
    watched = [s for s in syncs if s is None or now - s <= timedelta(days=31)]
    by_sync = bool(watched) and all(s and s - ended >= timedelta(hours=36) for s in watched)
    # What was sent while we read may be in none of the answers.
    by_sync &= now - timedelta(minutes=10) - ended >= timedelta(hours=36)
    by_age = now - ended >= timedelta(days=31)
    known = ledger(*(tracker(s.isoformat() if s else "", str(now.date())) for s in syncs))

    assert (settled_through("activities-steps", known, now) >= day) is (by_sync or by_age)


def test_a_scale_says_nothing_of_steps_and_no_device_of_meals() -> None:
    scale = Device("SCALE", "Aria", "2026-11-27T08:00:00", "2026-11-28")
    known = ledger(scale, tracker("2026-11-10T08:00:00"))

    assert settled_through("body-weight", known, NOW) == date(2026, 11, 24)
    assert settled_through("activities-steps", known, NOW) == date(2026, 11, 7)
    assert settled_through("foods-summary", known, NOW) == date(2026, 10, 27)


def states(known: Ledger, series: str = "activities-steps") -> str:
    return known.days[series].states


def read(known: Ledger, start: int, end: int, *given: int, changed: tuple[int, ...] = ()) -> Ledger:
    name = "activities-steps"
    days, touched = ({(name, f"2026-11-{n:02}") for n in some} for some in (given, changed))
    window = Window(name, date(2026, 11, start), date(2026, 11, end))
    return after_reading(known, [window], days, touched, NOW)


def test_a_day_is_settled_empty_or_open() -> None:
    known = read(ledger(tracker("2026-11-27T13:00:00")), 22, 28, 22, 24, 25, 26, 28)

    # 36 hours before that sync is the 26th, one o'clock: the 25th has ended by then.
    assert states(known) == "sessooo"


def test_a_settled_day_that_changes_is_open_until_it_is_read_again() -> None:
    before = read(ledger(tracker("2026-11-27T13:00:00")), 22, 25, 22, 23, 24, 25)

    changed = read(before, 22, 25, 22, 23, 24, 25, changed=(23,))

    assert states(changed) == "soss"
    assert states(read(changed, 22, 25, 22, 23, 24, 25)) == "ssss"


def test_the_day_of_a_missing_record_stays_open() -> None:
    marks = {"activities-steps": {"2026-11-23": Mark("", "2026-11-23", ("2026-11-28",))}}
    before = ledger(tracker("2026-11-27T13:00:00"))._replace(marks=marks)

    assert states(read(before, 22, 24, 22, 23, 24)) == "sos"


def test_days_between_two_readings_are_open() -> None:
    known = read(ledger(tracker("2026-11-27T13:00:00")), 20, 20, 20)

    assert states(read(known, 24, 24, 24)) == "sooos"


def test_a_failure_has_its_cause_until_a_reading_succeeds_and_spoils_no_settled_day() -> None:
    known = read(ledger(tracker("2026-11-27T13:00:00")), 22, 25, 22, 24)
    window = Window("activities-steps", date(2026, 11, 24), date(2026, 11, 28))

    failed = after_failure(known, [window], {"activities-steps": "rate_limited"}, ())

    assert (states(failed), failed.causes) == ("sesefff", {"activities-steps": "rate_limited"})
    again = read(failed, 26, 28, 26, 27, 28)
    assert (states(again), again.causes) == ("seseooo", {})


def test_history_that_could_not_be_read_is_still_wanted() -> None:
    year = Window("activities-steps", date(2025, 11, 29), date(2026, 11, 28))

    assert after_failure(Ledger(), [year], {}, ()).days["activities-steps"].start == date(
        2026, 10, 29
    )


def test_a_passing_trouble_says_nothing_of_what_was_read_before() -> None:
    window = Window("activities-steps", date(2026, 10, 26), date(2026, 11, 28))
    known = Ledger(days={"activities-steps": Days(window.start, "f" + "o" * 32)})

    assert states(after_failure(known, [window], {}, ["activities-steps"])) == f"f{'o' * 32}f"
    assert states(after_failure(known, [window], {}, ())) == "f" * 34


LISTED = {"id": "7", "type": "TRACKER", "lastSyncTime": "2026-11-28T11:30:00.000"}


def test_within_day_points_are_read_again_for_days_between_two_syncs() -> None:
    days = {WITHIN: Days(date(2026, 11, 1), "o" * 28), "activities-steps": Days(DAY, "o")}
    known = Ledger(days=days, devices={"7": tracker("2026-11-25T08:00:00")})

    after = with_devices(known, [LISTED], NOW)

    expected = tuple(f"2026-11-{day}" for day in (25, 26, 27, 28))
    assert dict(after.again) == {WITHIN: expected}
    assert with_devices(after, [LISTED], NOW).again == after.again
    window = Window(WITHIN, date(2026, 11, 26), date(2026, 11, 28))
    done = after_reading(after, [window], set(), set(), NOW)
    assert done.again == {WITHIN: ("2026-11-25",)}


def test_within_day_points_that_failed_or_lie_between_are_waited_for() -> None:
    known = Ledger(days={WITHIN: Days(date(2026, 11, 20), "o")})
    window = Window(WITHIN, date(2026, 11, 23), date(2026, 11, 23))

    assert after_reading(known, [window], set(), set(), NOW).again == {
        WITHIN: ("2026-11-21", "2026-11-22")
    }
    assert after_failure(known, [window], {WITHIN: "try_later"}, ()).again == {
        WITHIN: ("2026-11-23",)
    }


def test_a_day_of_points_that_turns_out_to_be_empty_is_read_once_more() -> None:
    """One empty answer after a late sync would be the only one; further back it is history."""
    known = ledger(tracker("2026-11-27T08:00:00"))
    windows = [Window(WITHIN, DAY, DAY), Window("activities-steps", DAY, DAY)]
    long_ago = Window(WITHIN, date(2026, 10, 20), date(2026, 10, 28))

    first = after_reading(known, windows, set(), set(), NOW)
    second = after_reading(first, windows, set(), set(), NOW)
    full = after_reading(known, windows, {(WITHIN, DAY.isoformat())}, set(), NOW)

    assert first.days[WITHIN].states == second.days[WITHIN].states == "e"
    assert first.again == {WITHIN: ("2026-11-20",)}
    assert (second.again, full.again) == ({}, {})
    far = after_reading(known, [long_ago], set(), set(), NOW)
    assert far.again == {}


def test_a_device_that_is_listed_no_more_is_waited_for_until_it_would_be_left_out() -> None:
    known = ledger(tracker("2026-11-10T08:00:00", "2026-11-10"))

    assert with_devices(known, [], NOW).devices == known.devices
    assert with_devices(known, [], NOW + timedelta(days=20)).devices == {}


def test_states_are_found_by_day() -> None:
    days = Days(DAY, "osef")

    assert [days.state(DAY + timedelta(n)) for n in range(-1, 5)] == [None, *State, None]
    assert list(days.where([State.FAILED, State.OPEN])) == [DAY, DAY + timedelta(3)]
