"""Which days are read when nobody names them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.measurements.catalogue import EPOCH
from healthrelay.core.measurements.days import Moment
from healthrelay.core.measurements.ledger import Days, Device, Ledger, Mark
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.reads import Source, count_calls
from healthrelay.core.measurements.wanted import after_logs, after_retries, wanted

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
AT = Moment(NOW, NOW.replace(tzinfo=None))
TODAY = AT.day
WITHIN = "activities-heart-intraday"
HISTORY = (Source("history"),)
MONTHLY = (Source("monthly", days=31),)
DAILY = (Source("daily", days=1),)


def days(ago: int) -> date:
    return TODAY - timedelta(days=ago)


def window(first: int, last: int = 0, series: str = "body-weight") -> Window:
    """From *first* to *last*, in days before today."""
    return Window(series, days(first), days(last))


def known(states: str, last: int = 0, series: str = "body-weight") -> Ledger:
    """A ledger with *states* up to so many days before today, read today."""
    start = days(last + len(states) - 1)
    return Ledger(read_at=NOW.isoformat(), days={series: Days(start, states)})


def spans(
    asked: Window, ledger: Ledger, sources: tuple[Source, ...] = HISTORY
) -> list[tuple[int, int]]:
    """Return what is read of *asked*, in days before today, the furthest first."""
    chosen = wanted({asked: sources}, ledger, AT)
    return sorted(((TODAY - w.start).days, (TODAY - w.end).days) for w in chosen)[::-1]


def test_nothing_known_reads_the_whole_window() -> None:
    assert spans(window(29), Ledger()) == [(29, 0)]


def test_what_is_known_is_read_again_for_31_days_whatever_is_settled() -> None:
    assert spans(window(29), known("s" * 400)) == [(30, 0)]
    assert spans(window(364), known("s" * 400)) == [(30, 0)]
    assert spans(window(2), known("s" * 400)) == [(30, 0)]


def test_nothing_before_what_was_ever_read() -> None:
    assert spans(window(6), known("so")) == [(6, 2), (1, 0)]
    assert spans(window(1), known("sso")) == [(2, 0)]


def test_wanted_history_is_read_whole_and_only_once() -> None:
    assert spans(window(364), known("o" * 11)) == [(364, 11), (10, 0)]
    assert spans(window(364), known("s" * 365)) == [(30, 0)]


def test_a_hole_since_the_last_reading_is_filled_even_one_longer_than_the_window() -> None:
    assert spans(window(29), known("s" * 300, last=90)) == [(120, 90), (89, 0)]
    assert spans(window(29), known("s" * 300, last=9)) == [(39, 9), (8, 0)]


def test_the_31_days_before_a_time_without_readings_are_read_again_after_it() -> None:
    """They could still change while nothing was read; a day of ten days ago was then 1 old."""
    assert spans(window(29), known("s" * 100 + "f" * 9)) == [(39, 0)]
    assert spans(window(13), known("s" * 5 + "f" * 9)) == [(13, 0)]
    # A year is the most, whatever never succeeds.
    tried = {"body-weight": TODAY.isoformat()}
    ledger = known("s" * 5 + "f" * 400)._replace(tried=tried)
    assert spans(window(404), ledger) == [(395, 365), (364, 0)]


def test_open_days_further_back_are_read_until_they_settle() -> None:
    assert spans(window(29), known("soos" + "s" * 40)) == [(42, 41), (30, 0)]


def test_failed_days_further_back_are_tried_again_once_a_day() -> None:
    ledger = known("sffs" + "s" * 40)
    asked = [(42, 41), (30, 0)]

    assert spans(window(29), ledger) == asked
    tried = after_retries(ledger, [window(42, 41)], TODAY)
    assert spans(window(29), tried) == [(30, 0)]
    yesterday = after_retries(ledger, [window(42, 41)], days(1))
    assert spans(window(29), yesterday) == asked


def test_a_fetch_of_something_else_tries_no_failed_day_again() -> None:
    ledger = known("sffs" + "s" * 40)

    for other in (window(30), window(50, 43), window(50, series="body-fat")):
        assert spans(window(29), after_retries(ledger, [other], TODAY)) == [(42, 41), (30, 0)]


def test_nothing_is_remembered_of_failed_days_that_could_be_read() -> None:
    ledger = known("s" * 44)._replace(tried={"body-weight": TODAY.isoformat()})

    assert after_retries(ledger, [], TODAY).tried == {}


def test_where_each_day_takes_a_call_they_take_turns() -> None:
    ledger = known("s" * 400)
    read: list[int] = []
    for turn in range(10):
        chosen = spans(window(29), ledger._replace(turn=turn), DAILY)
        assert chosen[-3:] == [(2, 2), (1, 1), (0, 0)]
        assert len(chosen) <= 3 + 3
        read += [ago for ago, _ in chosen[:-3]]
    assert sorted(read) == list(range(3, 31))


def test_what_lies_far_back_takes_twenty_calls_at_most_the_newest_first() -> None:
    chosen = spans(window(29), known("o" * 400), DAILY)

    far = [(day, day) for day in range(50, 30, -1)]
    assert [span for span in chosen if span[0] > 30] == far


def test_twenty_calls_are_shared_by_all_series() -> None:
    names = [f"activities-{name}" for name in ("steps", "floors", "distance")]
    ledger = Ledger(days={name: Days(days(400), "o" * 401) for name in names})
    asked = {window(29, series=name): (Source(name, days=31),) for name in names}

    chosen = wanted(asked, ledger, AT)

    far = {one: asked[window(29, series=one.series)] for one in chosen if one.end < days(30)}
    assert count_calls(far) == 20
    # 20 calls of 31 days are the newest 6 or 7 months of each.
    assert {name: sum(one.series == name for one in far) for name in names} == {
        names[0]: 7,
        names[1]: 7,
        names[2]: 6,
    }


def mark(ago: int, hours: float = 2) -> Mark:
    first = (NOW - timedelta(hours=hours)).isoformat()
    return Mark(first, days(ago).isoformat(), (TODAY.isoformat(),))


def test_a_missing_record_is_looked_for_again_after_an_hour_however_far_back() -> None:
    ledger = known("s" * 400)

    marks = {"body-weight": {"a": mark(200), "b": mark(100, 0.9), "c": mark(3)}}

    assert spans(window(29), ledger._replace(marks=marks)) == [(200, 200), (30, 0)]


def test_logs_are_read_a_year_back_once_a_month() -> None:
    ledger = known("s" * 500, series="weight")._replace(logs_read="2026-10-30")

    assert spans(window(29, series="weight"), ledger) == [(30, 0)]
    later = ledger._replace(logs_read="2026-10-29")
    assert spans(window(29, series="weight"), later) == [(365, 31), (30, 0)]
    short = known("s" * 50, series="weight")._replace(logs_read="2026-10-29")
    assert spans(window(29, series="weight"), short) == [(49, 31), (30, 0)]
    daily = known("s" * 500)._replace(logs_read="2026-10-29")
    assert spans(window(29), daily) == [(30, 0)]


def test_logs_that_take_many_calls_are_read_back_by_several_fetches() -> None:
    names = ("weight", "fat")
    ledger = Ledger(
        read_at=NOW.isoformat(),
        days={name: Days(days(499), "s" * 500) for name in names},
        logs_read="2026-10-29",
    )
    asked = {window(29, series=name): (Source(name, days=31),) for name in names}

    furthest = []
    while ledger.logs_read == "2026-10-29":
        read = list(wanted(asked, ledger, AT))
        assert count_calls({w: asked[window(29, series=w.series)] for w in read}) <= 20 + 2
        ledger = after_logs(ledger, read, TODAY)
        furthest.append(ledger.logs_to)

    # 335 days before the last 31 are 11 calls a series: ten of each fit into the first fetch.
    assert furthest == [days(30 + 10 * 31).isoformat(), ""]
    assert ledger.logs_read == TODAY.isoformat()
    assert sorted({(TODAY - w.start).days for w in read}) == [30, 365]


def test_where_logs_were_never_read_back_the_first_fetch_counts() -> None:
    assert after_logs(known("o", series="weight"), [], TODAY).logs_read == TODAY.isoformat()


def within(ledger: Ledger, first: int = 0) -> list[tuple[int, int]]:
    return spans(window(first, series=WITHIN), ledger, DAILY)


WATCH = {"7": Device("TRACKER", "Charge 6", "2026-11-28T11:00:00", "2026-11-28")}


def test_within_day_points_are_read_again_only_where_a_device_synced_since() -> None:
    ledger = known("s" * 40, series=WITHIN)._replace(devices=WATCH)

    assert within(ledger) == []
    again = {WITHIN: tuple(days(ago).isoformat() for ago in (5, 4, 0))}
    assert within(ledger._replace(again=again)) == [(5, 5), (4, 4), (0, 0)]


def test_without_a_device_the_last_two_days_of_points_are_read_again() -> None:
    assert within(known("s" * 40, series=WITHIN)) == [(1, 1), (0, 0)]


def test_a_watch_in_a_drawer_and_one_that_says_nothing_are_no_device() -> None:
    """A phone goes on; and of what the worn one of two sends, the other one knows nothing."""
    drawer = Device("TRACKER", "Charge 5", "2026-10-20T11:00:00", "2026-11-28")
    worn = Device("TRACKER", "Other", "", "2026-11-28")

    for devices in ({"7": drawer}, {"7": drawer, "8": worn}, {**WATCH, "8": worn}):
        ledger = known("s" * 40, series=WITHIN)._replace(devices=devices)
        assert within(ledger) == [(1, 1), (0, 0)], devices


def test_a_new_day_of_points_is_read_whatever_devices_say() -> None:
    ledger = known("s" * 40, last=1, series=WITHIN)._replace(devices=WATCH)

    assert within(ledger) == [(0, 0)]


def test_ten_days_of_points_are_read_again_at_most_the_newest_first() -> None:
    again = {WITHIN: tuple(days(ago).isoformat() for ago in range(30))}
    ledger = known("s" * 40, series=WITHIN)._replace(devices=WATCH, again=again)

    assert within(ledger) == [(day, day) for day in range(9, -1, -1)]


def test_hours_of_a_day_are_known_apart_from_the_day() -> None:
    evening = Window(WITHIN, days(29), TODAY, "1min", ("20:00", "23:00"))
    ledger = known("s" * 40, series=WITHIN)

    assert list(wanted({evening: DAILY}, ledger, AT)) == [evening]


def test_states_are_always_read() -> None:
    profile = Window("user", EPOCH, EPOCH)

    assert list(wanted({profile: HISTORY}, known("s" * 40), AT)) == [profile]


@given(st.text("osef", min_size=1, max_size=80), st.integers(0, 60), st.integers(0, 60))
def test_no_day_of_the_last_31_is_left_out(states: str, last: int, first: int) -> None:
    ledger = known(states, last)
    asked = window(first)

    read = {
        one.start + timedelta(n)
        for one in wanted({asked: MONTHLY}, ledger, AT)
        for n in range((one.end - one.start).days + 1)
    }

    oldest = min(asked.start, ledger.days["body-weight"].start)
    assert {days(n) for n in range(31) if days(n) >= oldest} <= read
    assert {days(n) for n in range(first + 1) if days(n) < ledger.days["body-weight"].start} <= read
