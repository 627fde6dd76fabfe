"""Some hours of a day: the others are left as they were."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.measurements.hours import cut, pieced
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.records import Record

STEPS = "activities-steps-intraday"
DAY = date(2026, 11, 1)
WINDOW = Window(STEPS, DAY, DAY, "1min", ("08:00", "09:00"))


def points(interval: int = 1, **values: int) -> Record:
    """``t0815=3``: three steps at a quarter past eight."""
    dataset = [
        {"time": f"{t[1:3]}:{t[3:5]}:{t[5:] or '00'}", "value": v} for t, v in values.items()
    ]
    day, kind = DAY.isoformat(), {"datasetInterval": interval, "datasetType": "minute"}
    return Record(STEPS, day, day, {"dateTime": day, "dataset": dataset, **kind})


def test_both_ends_are_inside() -> None:
    day = points(t0759=1, t0800=2, t0830=3, t0900=4, t090001=5, t0901=6)

    assert cut(day, ("08:00", "09:00")) == points(t0800=2, t0830=3, t0900=4)
    assert cut(day, ("10:00", "11:00")) is None


def test_read_hours_replace_the_known_ones_and_leave_the_others() -> None:
    known = points(t0700=1, t0800=2, t0830=3, t1000=4)

    assert pieced([known], [points(t0815=9)], [WINDOW]) == [points(t0700=1, t0815=9, t1000=4)]


def test_hours_without_points_empty_only_themselves() -> None:
    assert pieced([points(t0700=1, t0830=3)], [], [WINDOW]) == [points(t0700=1)]
    assert pieced([points(t0830=3)], [], [WINDOW]) == []


def test_whole_days_are_not_pieced() -> None:
    whole = WINDOW._replace(hours=None)

    assert pieced([points(t0700=1)], [points(t0830=3)], [whole]) == [points(t0830=3)]


def test_points_of_another_length_do_not_mix() -> None:
    known, read = points(t0700=1, t0830=3), points(15, t0800=9)

    assert pieced([known], [read], [WINDOW]) == [read]


MINUTES = st.dictionaries(
    st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"t{t[0]:02}{t[1]:02}"),
    st.integers(1, 99),
    min_size=1,
)


@given(MINUTES, MINUTES)
def test_reading_the_same_hours_twice_changes_nothing(
    known: dict[str, int], read: dict[str, int]
) -> None:
    part = cut(points(**dict(sorted(read.items()))), ("08:00", "09:00"))
    incoming = [part] if part else []

    once = pieced([points(**dict(sorted(known.items())))], incoming, [WINDOW])

    assert pieced(once, incoming, [WINDOW]) == once
