"""Logs count as read a year back only when each of them was."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from healthrelay.core.measurements.ledger import Days, Ledger
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.wanted import after_logs

TODAY = date(2026, 11, 28)
LOGS = ("weight", "fat")
DUE = "2026-10-29"


def days(ago: int) -> date:
    return TODAY - timedelta(days=ago)


def window(series: str, first: int, last: int = 0) -> Window:
    """From *first* to *last*, in days before today."""
    return Window(series, days(first), days(last))


def due(to: str = "") -> Ledger:
    known = {name: Days(days(499), "s" * 500) for name in (*LOGS, "activities-steps")}
    return Ledger(days=known, logs_read=DUE, logs_to=to)


@pytest.mark.parametrize(
    "read",
    [
        pytest.param([], id="the devices alone"),
        pytest.param([window("activities-steps", 365)], id="no log"),
        pytest.param([window("sleep", 365)], id="nights"),
        pytest.param([window("weight", 365, 335)], id="one old month"),
        pytest.param([window("weight", 365, 31), window("weight", 30)], id="one of two logs"),
        pytest.param([window(name, 30) for name in LOGS], id="the last days"),
        pytest.param([window("foods", 30), window("weight", 365)], id="a log that was never read"),
    ],
)
def test_a_fetch_of_something_else_says_nothing_of_them(read: list[Window]) -> None:
    assert after_logs(due(), read, TODAY, LOGS) == due()


def test_those_that_were_read_down_to_their_first_day_are_done() -> None:
    read = [window(name, *span) for name in LOGS for span in ((365, 31), (30, 0))]

    after = after_logs(due(), read, TODAY, {*LOGS, "activities-steps", "foods"})

    assert (after.logs_read, after.logs_to) == (TODAY.isoformat(), "")


def test_a_log_that_nobody_wants_is_not_waited_for() -> None:
    assert after_logs(due(), [window("weight", 365)], TODAY, ["weight"]).logs_read == str(TODAY)
    assert after_logs(due(), [window("weight", 365)], TODAY).logs_read == str(TODAY)


def test_a_hole_is_no_reading() -> None:
    read = [window("weight", 30), window("weight", 200, 31), window("weight", 365, 210)]

    assert after_logs(due(), read, TODAY, ["weight"]).logs_to == days(200).isoformat()


def test_what_is_read_between_takes_nothing_back() -> None:
    begun = due(days(200).isoformat())

    assert after_logs(begun, [window("weight", 365, 201)], TODAY, LOGS) == begun
    assert after_logs(begun, [window("weight", 30)], TODAY, ["weight"]) == begun
    both = [window(name, 365, 201) for name in LOGS]
    assert after_logs(begun, both, TODAY, LOGS).logs_read == TODAY.isoformat()
