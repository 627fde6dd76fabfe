"""What has been read is read again only where it may have changed."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.coverage import merged, unattended
from healthrelay.core.days import EPOCH
from healthrelay.core.records import Window

TODAY = date(2026, 11, 23)


def days(ago: int) -> date:
    return TODAY - timedelta(days=ago)


def month(series: str) -> Window:
    return Window(series, days(30), TODAY)


def test_nothing_known_reads_the_whole_window() -> None:
    assert unattended(month("body-weight"), {}) == month("body-weight")


def test_daily_values_are_read_again_for_a_week_and_nights_for_three() -> None:
    covered = {"body-weight": (days(60), TODAY), "sleep": (days(60), TODAY)}

    assert unattended(month("body-weight"), covered).start == days(6)
    assert unattended(month("sleep"), covered).start == days(2)


def test_hole_since_the_last_reading_is_filled_even_when_it_is_longer_than_the_window() -> None:
    covered = {"body-weight": (days(400), days(90))}

    assert unattended(month("body-weight"), covered).start == days(96)


def test_wanted_history_is_read_whole() -> None:
    covered = {"body-weight": (days(10), TODAY)}

    assert unattended(month("body-weight"), covered) == month("body-weight")


def test_nothing_before_what_was_ever_read() -> None:
    covered = {"body-weight": (days(2), TODAY)}

    assert unattended(Window("body-weight", days(1), TODAY), covered).start == days(2)


def test_states_are_always_read() -> None:
    window = Window("devices", EPOCH, EPOCH)

    assert unattended(window, {"devices": (EPOCH, EPOCH)}) == window


def test_stretches_that_touch_become_one() -> None:
    known = {"body-weight": (days(20), days(10))}

    assert merged(known, [Window("body-weight", days(9), TODAY)]) == {
        "body-weight": (days(20), TODAY)
    }
    assert merged(known, [Window("body-weight", days(40), days(21))]) == {
        "body-weight": (days(40), days(10))
    }


def test_stretch_apart_is_not_taken_in_for_the_hole_would_look_read() -> None:
    known = {"body-weight": (days(20), days(10))}

    assert merged(known, [Window("body-weight", days(8), TODAY)]) == known
    assert merged(known, [Window("body-weight", days(60), days(30))]) == known


WINDOWS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 30)).map(
        lambda pair: Window("body-weight", days(pair[0]), days(max(pair[0] - pair[1], 0)))
    ),
    max_size=8,
)


@given(WINDOWS)
def test_no_day_is_called_covered_that_was_not_read(read: list[Window]) -> None:
    known: dict[str, tuple[date, date]] = {}
    for window in read:
        known = merged(known, [window])

    truly = {
        window.start + timedelta(days=n)
        for window in read
        for n in range((window.end - window.start).days + 1)
    }
    for first, last in known.values():
        assert {first + timedelta(days=n) for n in range((last - first).days + 1)} <= truly
