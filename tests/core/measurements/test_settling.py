"""A day settles when it can change no more, not when a call succeeded."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.measurements.days import Moment
from healthrelay.core.measurements.ledger import Days, Device, Ledger, Look, Mark, State
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.settling import DaysRead, after_failure, after_reading
from healthrelay.core.measurements.syncs import settled_through, with_devices

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


AT = Moment(NOW.replace(tzinfo=UTC), NOW)
LONG_BEFORE = "2026-11-27T09:00:00+00:00"
"""Another day than `NOW`, and hours before it."""


def read_windows(
    known: Ledger,
    windows: list[Window],
    given: Collection[tuple[str, str]] = (),
    changed: Collection[tuple[str, str]] = (),
) -> Ledger:
    return after_reading(known, windows, DaysRead(given, changed), AT)


def read_before(known: Ledger) -> Ledger:
    """Return *known* as if its readings had been the day before."""
    days = {
        name: each._replace(
            doubted={d: Look(k.times, LONG_BEFORE) for d, k in each.doubted.items()}
        )
        for name, each in known.days.items()
    }
    return known._replace(days=days)


def states(known: Ledger, series: str = "activities-steps") -> str:
    return known.days[series].states


def read(known: Ledger, start: int, end: int, *given: int, changed: tuple[int, ...] = ()) -> Ledger:
    name = "activities-steps"
    days, touched = ({(name, f"2026-11-{n:02}") for n in some} for some in (given, changed))
    window = Window(name, date(2026, 11, start), date(2026, 11, end))
    return read_windows(known, [window], days, touched)


def test_a_day_is_settled_empty_or_open() -> None:
    days = 22, 24, 25, 26, 28
    once = read(ledger(tracker("2026-11-27T13:00:00")), 22, 28, *days)
    again = read(once, 22, 28, *days)
    twice = read(read_before(once), 22, 28, *days)

    # 36 hours before that sync is the 26th, one o'clock: the 25th has ended by then.
    assert states(once) == states(again) == "sossooo"
    assert states(twice) == "sessooo"
    assert once.days["activities-steps"].doubted.keys() == {date(2026, 11, 23)}
    assert not twice.days["activities-steps"].doubted


def test_a_day_of_which_something_is_odd_could_not_be_read() -> None:
    """It is neither empty nor complete, and tried again once a day; what was settled stays so."""
    name = "activities-steps"
    known = read(ledger(tracker("2026-11-27T13:00:00")), 22, 22, 22)
    reading = DaysRead({(name, f"2026-11-{n}") for n in (22, 23, 25)})
    odd = {name: {"2026-11-22": 1, "2026-11-23": 1, "2026-11-24": 2, "2026-11-28": 1}}
    window = Window(name, date(2026, 11, 22), date(2026, 11, 28))

    for _ in range(2):
        known = after_reading(read_before(known), [window], reading._replace(odd=odd), AT)
        assert (states(known), known.causes) == ("sffsooo", {name: "odd_data"})
    known = after_reading(known, [window], reading, AT)
    assert (states(known), known.causes) == ("ssosooo", {})


def test_no_day_settles_while_something_odd_may_be_of_any() -> None:
    """A point without a day may be of each that was read; what was settled stays so."""
    name = "activities-steps"
    known = read(ledger(tracker("2026-11-27T13:00:00")), 22, 22, 22)
    window = Window(name, date(2026, 11, 22), date(2026, 11, 28))
    reading = DaysRead({(name, f"2026-11-{n}") for n in (22, 23, 25)}, odd={name: {"": 1}})

    for _ in range(2):
        known = after_reading(read_before(known), [window], reading, AT)
        assert (states(known), known.causes) == ("sfffooo", {name: "odd_data"})
    other = window._replace(series="activities-floors")
    assert states(after_reading(known, [other], reading, AT), other.series) == "o" * 7
    again = after_reading(known, [window], reading._replace(odd={}), AT)
    assert (states(again), again.causes) == ("ssosooo", {})


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

    known = read(read_before(known), 22, 25, 22, 24)

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

    # A traveller's 24th may have been the 25th at home.
    expected = tuple(f"2026-11-{day}" for day in (24, 25, 26, 27, 28))
    assert dict(after.again) == {WITHIN: expected}
    assert with_devices(after, [LISTED], NOW).again == after.again
    window = Window(WITHIN, date(2026, 11, 26), date(2026, 11, 28))
    done = read_windows(after, [window])
    assert done.again == {WITHIN: ("2026-11-24", "2026-11-25")}


def test_no_day_is_read_again_from_before_the_first_that_was_read() -> None:
    """That of the account before, where somebody has moved to another."""
    days = {WITHIN: Days(date(2026, 11, 28), "o")}
    known = Ledger(days=days, devices={"7": tracker("2026-11-28T08:00:00")})

    assert with_devices(known, [LISTED], NOW).again == {WITHIN: ("2026-11-28",)}


def test_within_day_points_that_failed_or_lie_between_are_waited_for() -> None:
    known = Ledger(days={WITHIN: Days(date(2026, 11, 20), "o")})
    window = Window(WITHIN, date(2026, 11, 23), date(2026, 11, 23))

    assert read_windows(known, [window]).again == {WITHIN: ("2026-11-21", "2026-11-22")}
    assert after_failure(known, [window], {WITHIN: "try_later"}, ()).again == {
        WITHIN: ("2026-11-23",)
    }


def test_a_day_of_points_that_turns_out_to_be_empty_is_read_once_more() -> None:
    """One empty answer after a late sync, or about history, would be the only one."""
    known = ledger(tracker("2026-11-27T08:00:00"))
    windows = [Window(WITHIN, DAY, DAY), Window("activities-steps", DAY, DAY)]
    long_ago = Window(WITHIN, date(2026, 10, 20), date(2026, 10, 28))

    first = read_windows(known, windows)
    second = read_windows(read_before(first), windows)
    full = read_windows(known, windows, {(WITHIN, DAY.isoformat())})

    assert (states(first, WITHIN), states(second, WITHIN), states(full, WITHIN)) == ("o", "e", "s")
    doubted = [set(one.days[WITHIN].doubted) for one in (first, second, full)]
    assert doubted == [{DAY}, set(), set()]
    looks = [read_windows(known, [long_ago])]
    for _ in range(2):
        looks.append(read_windows(read_before(looks[-1]), [long_ago]))
    assert [states(one, WITHIN) for one in looks] == ["o" * 9, "o" * 9, "e" * 9]


def test_an_open_day_without_points_is_read_once_more() -> None:
    """The answer after a sync may be wrong, and no other sync need follow."""
    known = ledger(tracker("2026-11-28T08:00:00"))
    today = Window(WITHIN, AT.day, AT.day)

    first = read_windows(known, [today])
    second = read_windows(read_before(first), [today])
    daily = read_windows(known, [today._replace(series="activities-steps")])

    assert states(first, WITHIN) == states(second, WITHIN) == states(daily) == "o"
    assert [set(one.days[WITHIN].doubted) for one in (first, second)] == [{AT.day}, set()]
    assert not daily.days["activities-steps"].doubted


@pytest.mark.parametrize(
    ("devices", "again"),
    [
        pytest.param([], ("2026-11-20",), id="no device"),
        pytest.param([tracker("")], ("2026-11-20",), id="does not say"),
        pytest.param([tracker(""), tracker("2026-11-27T08:00:00")], ("2026-11-20",), id="one does"),
        pytest.param([tracker("2026-10-20T08:00:00")], ("2026-11-20",), id="in a drawer"),
        pytest.param([tracker("2026-11-27T08:00:00")], (), id="says when it synced"),
    ],
)
def test_points_of_a_day_that_changed_are_read_again_where_no_sync_says_so(
    devices: list[Device], again: tuple[str, ...]
) -> None:
    """Only of days of which points were read, and which may still change."""
    points = Days(date(2026, 10, 1), "o" * 59)
    known = ledger(*devices)._replace(days={WITHIN: points})
    changed = {("activities-heart", d) for d in ("2026-11-20", "2026-10-20", "2026-11-29")}
    other = {("activities-steps", "2026-11-19")}

    after = read_windows(known, [], set(), changed | other)

    assert after.again.get(WITHIN, ()) == again
    read = read_windows(after, [Window(WITHIN, DAY, DAY)], {(WITHIN, "2026-11-20")})
    assert read.again == {}


def test_a_device_that_is_listed_no_more_is_waited_for_until_it_would_be_left_out() -> None:
    known = ledger(tracker("2026-11-10T08:00:00", "2026-11-10"))

    assert with_devices(known, [], NOW).devices == known.devices
    assert with_devices(known, [], NOW + timedelta(days=20)).devices == {}


def test_states_are_found_by_day() -> None:
    days = Days(DAY, "osef")

    assert [days.state(DAY + timedelta(n)) for n in range(-1, 5)] == [None, *State, None]
    assert list(days.where([State.FAILED, State.OPEN])) == [DAY, DAY + timedelta(3)]
