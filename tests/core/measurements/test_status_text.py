"""How a person's measurements are, in words: who is waited for comes before numbers."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from healthrelay.core.measurements.ledger import Days, Device, Ledger, Mark
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.status import PersonStatus, person_status
from healthrelay.core.measurements.status_text import (
    lasting_sentence,
    status_line,
    status_sentences,
    status_table,
)
from tests.core.measurements.test_status import (
    MOMENT,
    SCALE,
    STEPS,
    WATCH,
    WATER,
    WEIGHT,
    days,
    november,
    status,
)

DRAWER = Device("TRACKER", "Flex", "2026-10-20T08:00:00", "2026-11-28")


def everything() -> PersonStatus:
    marks = {WEIGHT: {key: Mark("", "2026-11-27", ()) for key in ("1", "2")}}
    known = {
        STEPS: Days(date(2026, 10, 20), "o" * 31 + "ffooooooo"),
        WEIGHT: days(27, "so"),
        WATER: days(28, "o"),
        "fat": days(1, "s"),
    }
    return status(
        known,
        *(november(27, 28, name) for name in (STEPS, WEIGHT, WATER)),
        devices=(WATCH, SCALE, DRAWER),
        outcome="rate_limited",
        causes={STEPS: "rate_limited"},
        marks=marks,
    )


def test_one_line() -> None:
    # 8 days from the 20th of October to the 27th lie further back. From the 28th on 23 are open
    # until the 19th, 2 failed, and 7 are open again: 30.
    assert status_line(everything()) == (
        "last read 20 minutes ago; watch (Charge 6) last synced 6 days ago;"
        " scale last synced 29 hours ago; watch (Flex) left out, silent since 2026-10-20;"
        " 30 days open; 8 days further back to be read again; 2 days failed (rate_limited);"
        " 2 records missing at the provider"
    )


def test_sentences() -> None:
    assert list(status_sentences(everything())) == [
        (
            "Last read 20 minutes ago, on 2026-11-28 at 11:40 UTC."
            " Not all of the last fetch succeeded: rate_limited."
        ),
        (
            "The watch (Charge 6) last synced 6 days ago, on 2026-11-22 at 08:00:"
            " 30 days of what it sends are open."
        ),
        (
            "The scale last synced 29 hours ago, on 2026-11-27 at 08:00:"
            " 1 day of what it sends is open."
        ),
        "The watch (Flex) is left out: it is silent since 2026-10-20, so that no day waits for it.",
        (
            "2 days are open of water: no device says when these are complete,"
            " so they settle after 31 days."
        ),
        (
            "8 days further back than 31 days are to be read again, a few in each fetch,"
            " the newest first."
        ),
        "2 days could not be read, of activities-steps (rate_limited); each fetch tries again.",
        "2 records are missing at the provider (body-weight: 2): kept until another look agrees.",
        "Not fetched any more, so that their days stay as they are: fat.",
    ]


def test_the_table_has_a_line_a_series() -> None:
    assert status_table(everything()).splitlines() == [
        "series            first       last        open  settled  empty  failed",
        "fat               2026-11-01  2026-11-01     0        1      0       0",
        "body-weight       2026-11-27  2026-11-28     1        1      0       0",
        "activities-steps  2026-10-20  2026-11-28    38        0      0       2",
        "water             2026-11-27  2026-11-28     2        0      0       0",
    ]


def test_all_is_well() -> None:
    shown = status({STEPS: days(26, "sss")}, november(26, 28), devices=(WATCH,))

    assert status_line(shown) == "last read 20 minutes ago; watch last synced 6 days ago"
    assert list(status_sentences(shown)) == [
        "Last read 20 minutes ago, on 2026-11-28 at 11:40 UTC.",
        "The watch last synced 6 days ago, on 2026-11-22 at 08:00: nothing of it is open.",
    ]
    assert lasting_sentence("jack", shown) == ""


def test_a_device_that_does_not_say_when_it_synced_is_named_once() -> None:
    shown = status(
        {WEIGHT: days(28, "o")}, november(28, 28, WEIGHT), devices=(SCALE._replace(synced=""),)
    )

    assert status_line(shown) == "last read 20 minutes ago; 1 day open"
    assert list(status_sentences(shown))[1:] == [
        "The scale does not say when it synced.",
        (
            "1 day is open of body-weight: no device says when these are complete,"
            " so they settle after 31 days."
        ),
    ]


def test_what_somebody_must_act_on_is_a_warning_with_the_next_step() -> None:
    shown = status({STEPS: days(28, "f")}, november(28, 28), causes={STEPS: "misconfigured"})

    assert lasting_sentence("jack", shown) == (
        "Not read: activities-steps (misconfigured)."
        " healthrelay fetch jack says why, and what to do."
    )


@pytest.mark.parametrize(
    ("ledger", "line"),
    [
        (Ledger(), "nothing was read yet"),
        (Ledger(days={STEPS: days(28, "o")}), "last read by an earlier version; 1 day open"),
    ],
)
def test_before_the_first_reading(ledger: Ledger, line: str) -> None:
    shown = person_status(ledger, [november(28, 28)], MOMENT)

    assert status_line(shown) == line
    assert next(status_sentences(shown)) == f"{line[0].upper()}{line[1:].partition(';')[0]}."


# 13:00 on the 28th by the clocks of the wearer.
@pytest.mark.parametrize(
    ("synced", "age"),
    [
        ("2026-11-28T13:05:00", "just now"),
        ("2026-11-28T12:59:30", "just now"),
        ("2026-11-28T12:59:00", "1 minute ago"),
        ("2026-11-28T11:00:01", "119 minutes ago"),
        ("2026-11-28T11:00:00", "2 hours ago"),
        ("2026-11-26T13:00:01", "47 hours ago"),
        ("2026-11-26T13:00:00", "2 days ago"),
        ("2026-11-22T08:00:00", "6 days ago"),
    ],
)
def test_how_long_ago(synced: str, age: str) -> None:
    assert datetime.fromisoformat("2026-11-28T13:00:00") == MOMENT.civil
    shown = status({STEPS: days(28, "s")}, devices=(WATCH._replace(synced=synced),))

    assert status_line(shown) == f"last read 20 minutes ago; watch last synced {age}"


def test_a_window_of_hours_stands_apart_from_the_day() -> None:
    name = f"{STEPS}-intraday"
    window = Window(name, date(2026, 11, 28), date(2026, 11, 28), hours=("22:00", "23:30"))

    shown = status({name: days(28, "s")}, window)

    assert list(shown.series) == [name, f"{name} 22:00-23:30"]
    assert not shown.series[name].configured
