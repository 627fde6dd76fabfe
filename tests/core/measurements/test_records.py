"""Elements become records; records are compared."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.damage import Damaged
from healthrelay.core.measurements.reading import Delta, Window, diff, parse, select
from healthrelay.core.measurements.records import Record, stored_records

NEW = Record("body-weight", "2026-11-01", "2026-11-01", {"dateTime": "2026-11-01", "value": "82.4"})
CORRECTED = NEW._replace(data={**NEW.data, "value": "82.9"})


@pytest.mark.parametrize(
    ("known", "incoming", "delta"),
    [
        pytest.param([], [NEW], Delta(added=(NEW,)), id="unknown: added"),
        pytest.param([NEW], [NEW], Delta(), id="the same: nothing new"),
        pytest.param([NEW], [CORRECTED], Delta(changed=(CORRECTED,)), id="corrected: changed"),
        pytest.param([NEW], [], Delta(removed=(NEW,)), id="vanished: removed"),
        pytest.param([], [NEW, CORRECTED], Delta(added=(CORRECTED,)), id="the last of two wins"),
    ],
)
def test_records_are_compared(known: list[Record], incoming: list[Record], delta: Delta) -> None:
    assert diff(known, incoming) == delta
    assert bool(diff(known, incoming)) == (known != incoming)


RECORDS = st.lists(
    st.builds(
        lambda day, value: Record(
            "body-weight", f"2026-11-{day:02}", f"2026-11-{day:02}", {"value": str(value)}
        ),
        st.integers(1, 9),
        st.integers(60, 63),
    ),
    max_size=12,
)


@given(RECORDS, RECORDS)
def test_applying_a_delta_leaves_nothing_to_do(known: list[Record], incoming: list[Record]) -> None:
    delta = diff(known, incoming)
    after = {r.name: r for r in known}
    after |= {r.name: r for r in (*delta.added, *delta.changed)}
    for gone in delta.removed:
        del after[gone.name]

    assert not diff(after.values(), incoming)


def test_daily_element_is_keyed_by_its_day() -> None:
    (record,), odd = parse("body-weight", [{"dateTime": "2026-11-01", "value": "82.4"}])

    assert record == NEW
    assert odd == {}


def test_log_entry_is_keyed_by_its_id_and_ordered_by_its_time() -> None:
    element = {"logId": 1793513520000, "date": "2026-11-01", "time": "07:12:00", "weight": 71.2}

    (record,), _ = parse("weight", [element])

    assert (record.key, record.when) == ("1793513520000", "2026-11-01T07:12:00")
    assert record.data == element


def test_members_that_igor_cannot_hold_are_gone() -> None:
    element = {"dateTime": "2026-11-01", "value": "82\x00.4", "@evil": "x", "a b": 1}

    (record,), _ = parse("body-weight", [element])

    assert record.data == {"dateTime": "2026-11-01", "value": "82.4"}


@pytest.mark.parametrize(
    ("series", "element", "day"),
    [
        ("body-weight", {}, ""),
        ("body-weight", {"dateTime": None}, ""),
        ("body-weight", {"dateTime": ""}, ""),
        ("body-weight", {"dateTime": "yesterday"}, ""),
        ("body-weight", "82.4", ""),
        ("weight", {"date": "2026-11-01"}, "2026-11-01"),
        ("weight", {"date": "2026-11-01", "logId": None}, "2026-11-01"),
    ],
)
def test_an_element_without_key_or_day_is_set_aside(series: str, element: object, day: str) -> None:
    good = {"dateTime": "2026-11-02", "date": "2026-11-02", "logId": 7}

    records, odd = parse(series, [element, good])

    assert [record.when for record in records] == ["2026-11-02"]
    assert odd == {day: 1}


@pytest.mark.parametrize("rest", ["{}", ", {}", "]"])
def test_nothing_may_follow_the_data_of_a_stored_record(rest: str) -> None:
    data = '{"dateTime":"2026-11-01","value":"82.4"}'
    row = ("body-weight", "2026-11-01", "2026-11-01", data, "")
    spoiled = (*row[:3], data + rest, "")

    assert stored_records("jack", "record", [row]) == [NEW]
    with pytest.raises(Damaged, match="body-weight 2026-11-01"):
        stored_records("jack", "record", [row, spoiled])


def test_the_first_and_last_day_of_a_window_are_selected() -> None:
    day = date(2026, 11, 1)

    assert select([NEW], [Window("body-weight", day, day)]) == [NEW]
    assert select([NEW], [Window("body-fat", day, day)]) == []
    assert select([NEW], [Window("body-weight", date(2026, 11, 2), date(2026, 11, 3))]) == []


@given(RECORDS, st.randoms())
def test_the_order_of_what_comes_in_does_not_matter(known: list[Record], shuffled: Random) -> None:
    incoming = list({record.name: record for record in known}.values())
    mixed = incoming[:]
    shuffled.shuffle(mixed)

    one, other = diff([], incoming), diff([], mixed)

    assert sorted(one.added, key=lambda r: r.key) == sorted(other.added, key=lambda r: r.key)
