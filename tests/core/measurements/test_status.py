"""What the ledger shows of a person: every wanted day, and who is waited for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.measurements.days import Moment
from healthrelay.core.measurements.ledger import Days, Device, Ledger, Mark, State
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.status import PersonStatus, person_status

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
MOMENT = Moment(NOW, datetime(2026, 11, 28, 13))
READ_AT = "2026-11-28T11:40:00+00:00"
STEPS, WEIGHT, WATER = "activities-steps", "body-weight", "water"
WATCH = Device("TRACKER", "Charge 6", "2026-11-22T08:00:00", "2026-11-28")
SCALE = Device("SCALE", "Aria", "2026-11-27T08:00:00", "2026-11-28")


def november(first: int, last: int, series: str = STEPS) -> Window:
    return Window(series, date(2026, 11, first), date(2026, 11, last))


def days(first: int, states: str) -> Days:
    return Days(date(2026, 11, first), states)


def status(
    known: dict[str, Days], *windows: Window, devices: tuple[Device, ...] = (), **more: object
) -> PersonStatus:
    listed = {str(number): device for number, device in enumerate(devices)}
    ledger = Ledger(read_at=READ_AT, days=known, devices=listed)._replace(**more)
    return person_status(ledger, windows, MOMENT)


def test_a_wanted_day_of_which_nothing_is_known_is_open() -> None:
    """The last fetches failed: the ledger ends on the 25th, and begins after what is wanted."""
    shown = status({STEPS: days(20, "sesssf")}, november(18, 28), november(27, 28, WEIGHT))

    assert {name: one.days for name, one in shown.series.items()} == {
        WEIGHT: days(27, "oo"),
        STEPS: days(18, "oosesssfooo"),
    }


@given(st.integers(1, 20), st.text("osef", min_size=1, max_size=8), st.integers(1, 28))
def test_no_wanted_day_is_left_out_and_none_is_known_better_than_it_is(
    first: int, states: str, start: int
) -> None:
    known = days(first, states)

    one = status({STEPS: known}, november(start, 28)).series[STEPS]

    assert (one.days.start, one.days.end) == (date(2026, 11, min(first, start)), MOMENT.day)
    assert sum(map(one.count, State)) == len(one.days.states)
    for number in range(min(first, start), 29):
        day = date(2026, 11, number)
        assert one.days.state(day) is (known.state(day) or State.OPEN)


def test_days_that_are_not_wanted_any_more_stay_as_they_are_and_count_for_nothing() -> None:
    shown = status({STEPS: days(1, "ooff"), WEIGHT: days(27, "so")}, november(27, 28, WEIGHT))

    assert shown.series[STEPS].days == days(1, "ooff")
    assert not shown.series[STEPS].configured
    assert (len(shown.open_days), len(shown.failed_days), shown.causes) == (1, 0, {})


def test_of_somebody_of_whom_nothing_was_read_no_day_is_shown() -> None:
    assert person_status(Ledger(), [november(1, 28)], MOMENT).series == {}


@pytest.mark.parametrize(
    ("devices", "count"),
    [
        # The watch is waited for from the 20th to the 28th, the scale for the last two of these:
        # what is typed in is open in any case.
        pytest.param((WATCH, SCALE), 9, id="both"),
        pytest.param((SCALE,), 2, id="the watch says nothing"),
        pytest.param((WATCH._replace(synced=""), SCALE), 2, id="nor when it synced"),
        pytest.param((), 28, id="nobody says anything"),
    ],
)
def test_open_days_are_those_that_wait_for_a_device(
    devices: tuple[Device, ...], count: int
) -> None:
    known = {
        STEPS: days(1, "s" * 19 + "o" * 9),
        WEIGHT: days(1, "s" * 26 + "oo"),
        WATER: days(1, "o" * 28),
    }

    shown = status(known, *(november(1, 28, name) for name in known), devices=devices)

    assert len(shown.open_days) == count


def test_a_device_that_is_silent_for_31_days_is_left_out() -> None:
    drawer = Device("TRACKER", "Flex", "2026-10-20T08:00:00", "2026-11-28")

    shown = status({STEPS: days(27, "so")}, november(27, 28), devices=(WATCH, drawer))

    assert (shown.devices, shown.silent) == ((WATCH,), (drawer,))


def test_open_days_from_before_the_last_31_wait_to_be_read_again() -> None:
    """The 28th of October has ended 31 days ago at the end of today: it may still be open."""
    known = {STEPS: Days(date(2026, 10, 26), "oo" + "o" * 32)}

    shown = status(known, Window(STEPS, date(2026, 10, 26), MOMENT.day))

    assert shown.waiting_days == {date(2026, 10, 26), date(2026, 10, 27)}
    assert len(shown.open_days) == 32


def test_failed_days_have_causes_and_some_of_these_last() -> None:
    causes = {STEPS: "rate_limited", WEIGHT: "misconfigured"}
    known = {STEPS: days(25, "ffff"), WEIGHT: days(27, "ff"), WATER: days(28, "f")}

    shown = status(known, *(november(25, 28, name) for name in known), causes=causes)

    assert len(shown.failed_days) == 4
    # That a fetch left something to the next one is no cause in the ledger.
    assert shown.causes == {**causes, WATER: "more_to_come"}
    assert shown.lasting == {WEIGHT: "misconfigured"}


def test_the_whole_as_json() -> None:
    mark = Mark("2026-11-28T11:40:00+00:00", "2026-11-27", ("2026-11-28",))
    known = {STEPS: days(24, "sefoo"), WEIGHT: days(27, "s"), f"{STEPS}-intraday": days(28, "o")}
    shown = status(
        known,
        november(24, 28),
        november(28, 28, f"{STEPS}-intraday"),
        devices=(WATCH, SCALE._replace(synced="")),
        outcome="rate_limited",
        causes={STEPS: "rate_limited"},
        marks={STEPS: {"2026-11-27": mark}},
    )

    figures = {
        "read_at": READ_AT,
        "outcome": "rate_limited",
        "devices": [
            {
                "kind": "TRACKER",
                "name": "Charge 6",
                "synced": "2026-11-22T08:00:00",
                "left_out": False,
            },
            {"kind": "SCALE", "name": "Aria", "synced": None, "left_out": False},
        ],
        "open": 2,
        "waiting": 0,
        "failed": 1,
        "causes": {STEPS: "rate_limited"},
        "missing": 1,
    }
    assert shown.summary_json() == figures
    nothing = {"open": 0, "settled": 0, "empty": 0, "failed": 0, "missing": 0}
    assert shown.as_json() == figures | {
        "legend": {"o": "open", "s": "settled", "e": "empty", "f": "failed"},
        "series": {
            WEIGHT: nothing
            | {"first": "2026-11-27", "last": "2026-11-27", "states": "s", "settled": 1},
            STEPS: {
                "first": "2026-11-24",
                "last": "2026-11-28",
                "states": "sefoo",
                "open": 2,
                "settled": 1,
                "empty": 1,
                "failed": 1,
                "missing": 1,
                "cause": "rate_limited",
            },
            f"{STEPS}-intraday": nothing
            | {"first": "2026-11-28", "last": "2026-11-28", "states": "o", "open": 1},
        },
    }


def test_nothing_as_json() -> None:
    assert person_status(Ledger(), [], MOMENT).summary_json() == {
        "read_at": None,
        "outcome": "ok",
        "devices": [],
        "open": 0,
        "waiting": 0,
        "failed": 0,
        "causes": {},
        "missing": 0,
    }
