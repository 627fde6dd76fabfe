"""The summary of the newest measurements: the same, whichever way the records came about."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.damage import Damaged
from healthrelay.core.measurements.catalogue import SERIES
from healthrelay.core.measurements.reading import Delta, diff
from healthrelay.core.measurements.records import Record, by_name
from healthrelay.core.measurements.summary import (
    PARTS,
    from_document,
    summarize,
    summary_after,
    to_document,
)

FIRST = date(2026, 9, 1)


def record(series: str, key: int, day: int, value: int = 0) -> Record:
    when = (FIRST + timedelta(days=day)).isoformat()
    if series == "activities-steps":
        return Record(series, when, when, {"dateTime": when, "value": str(value)}, "import")
    if series == "sleep":
        return Record(series, str(key), when, {"logId": key, "dateOfSleep": when}, "import")
    data = {"logId": key, "date": when, "weight": value, "time": "07:12:00"}
    return Record(series, str(key), f"{when}T07:12:00", data, "import")


some_record = st.builds(
    record,
    st.sampled_from(["weight", "activities-steps", "sleep"]),
    st.integers(1, 6),
    st.integers(0, 90),
    st.integers(0, 3),
)
some_records = st.lists(some_record, max_size=8)


@given(st.lists(some_records, max_size=6))
def test_it_is_that_of_the_records_after_any_changes(states: list[list[Record]]) -> None:
    known: list[Record] = []
    summary = summarize(known)
    for state in states:
        after = summary_after(summary, diff(known, state), lambda known=known: known)
        assert after is not None
        known = list(by_name(state).values())
        assert after == summarize(known)
        assert from_document(to_document(after)) == after
        summary = dict(after)


def test_it_has_the_days_before_the_newest_of_each_series() -> None:
    weights = [record("weight", day, day) for day in range(90)]
    steps = [record("activities-steps", 0, day) for day in range(90)]
    nights = [record("sleep", day, day) for day in range(90)]

    summary = summarize([*weights, *steps, *nights])

    assert {series: len(records) for series, records in summary.items()} == {
        "weight": 37,
        "activities-steps": 7,
        "sleep": 1,
    }
    assert summary["weight"][-1].when == "2026-11-29T07:12:00"


def test_records_that_cannot_be_read_leave_none() -> None:
    def load() -> list[Record]:
        raise Damaged("jack", "record")

    assert summary_after(None, Delta(added=(record("weight", 1, 1),)), load) is None


def test_what_is_no_summary_is_none() -> None:
    for document in ({"weight": 7}, {"weight": [["1"]]}, {"weight": [["1", "no day", {}, ""]]}):
        assert from_document(document) is None
    assert from_document(None) is None
    assert set(PARTS) <= set(SERIES)
