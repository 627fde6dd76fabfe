"""What has been read is read again only where it may have changed."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.measurements.days import EPOCH
from healthrelay.core.measurements.plan import unattended
from healthrelay.core.measurements.records import Window, extend_coverage, without

TODAY = date(2026, 11, 23)


def days(ago: int) -> date:
    return TODAY - timedelta(days=ago)


def weights(first: int, last: int = 0) -> Window:
    """From *first* to *last*, in days before today."""
    return Window("body-weight", days(first), days(last))


def test_nothing_known_reads_the_whole_window() -> None:
    assert unattended(weights(30), {}) == (weights(30),)


def test_daily_values_are_read_again_for_a_week_and_nights_for_three() -> None:
    covered = {"body-weight": (days(60), TODAY), "sleep": (days(60), TODAY)}

    assert unattended(weights(30), covered) == (weights(6),)
    sleep = Window("sleep", days(30), TODAY)
    assert unattended(sleep, covered) == (sleep._replace(start=days(2)),)


def test_hole_since_the_last_reading_is_filled_even_when_it_is_longer_than_the_window() -> None:
    covered = {"body-weight": (days(400), days(90))}

    assert unattended(weights(30), covered) == (weights(96),)


def test_wanted_history_is_a_window_of_its_own() -> None:
    covered = {"body-weight": (days(10), TODAY)}

    assert unattended(weights(30), covered) == (weights(30, 11), weights(6))


def test_hours_of_a_day_are_covered_apart_from_the_day() -> None:
    evening = Window("activities-heart-intraday", days(30), TODAY, "1min", ("20:00", "23:00"))
    whole = {"activities-heart-intraday": (days(60), TODAY)}

    assert unattended(evening, whole) == (evening,)
    covered, all_day = extend_coverage({}, [evening]), evening._replace(hours=None)
    assert unattended(all_day, covered) == (all_day,)
    (again,) = unattended(evening, covered)
    assert again.start == days(1)


def test_nothing_before_what_was_ever_read() -> None:
    covered = {"body-weight": (days(2), TODAY)}

    (window,) = unattended(weights(1), covered)
    assert window.start == days(2)


def test_states_are_always_read() -> None:
    window = Window("devices", EPOCH, EPOCH)

    assert unattended(window, {"devices": (EPOCH, EPOCH)}) == (window,)


def test_stretches_that_touch_become_one() -> None:
    known = {"body-weight": (days(20), days(10))}

    assert extend_coverage(known, [weights(9)]) == {"body-weight": (days(20), TODAY)}
    assert extend_coverage(known, [weights(40, 21)]) == {"body-weight": (days(40), days(10))}


def test_stretch_apart_is_not_taken_in_for_the_hole_would_look_read() -> None:
    known = {"body-weight": (days(20), days(10))}

    assert extend_coverage(known, [weights(8)]) == known
    assert extend_coverage(known, [weights(60, 30)]) == known


def test_stretches_are_taken_in_whatever_their_order() -> None:
    known = {"body-weight": (days(10), TODAY)}
    read = [weights(40, 31), weights(30, 11)]

    for order in (read, read[::-1]):
        assert extend_coverage(known, order) == {"body-weight": (days(40), TODAY)}


def test_of_stretches_apart_the_newest_is_the_first() -> None:
    read = [weights(40, 31), weights(5)]

    assert extend_coverage({}, read) == {"body-weight": (days(5), TODAY)}


def test_gaps_leave_the_stretches_around_them() -> None:
    gaps = [(days(20), days(18)), (days(35), days(29)), (days(18), days(15))]

    assert without(weights(30), gaps) == [weights(28, 21), weights(14)]
    assert without(weights(30), []) == [weights(30)]
    assert without(weights(30), [(days(31), TODAY)]) == []


WINDOWS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 30)).map(
        lambda pair: weights(pair[0], max(pair[0] - pair[1], 0))
    ),
    max_size=8,
)


@given(WINDOWS)
def test_no_day_is_called_covered_that_was_not_read(read: list[Window]) -> None:
    known: dict[str, tuple[date, date]] = {}
    for window in read:
        known = extend_coverage(known, [window])

    truly = {
        window.start + timedelta(days=n)
        for window in read
        for n in range((window.end - window.start).days + 1)
    }
    for first, last in known.values():
        assert {first + timedelta(days=n) for n in range((last - first).days + 1)} <= truly


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10)), max_size=6))
def test_stretches_and_gaps_make_up_the_window(pairs: list[tuple[int, int]]) -> None:
    gaps = [(days(ago), days(ago - length)) for ago, length in pairs]
    missing = {first + timedelta(n) for first, last in gaps for n in range((last - first).days + 1)}

    days_read = [
        part.start + timedelta(n)
        for part in without(weights(30), gaps)
        for n in range((part.end - part.start).days + 1)
    ]

    assert days_read == [days(ago) for ago in range(30, -1, -1) if days(ago) not in missing]
