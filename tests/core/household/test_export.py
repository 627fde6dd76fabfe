"""A person's data as tables."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.household.export import to_csv, to_csv_files
from healthrelay.core.measurements.snapshot import by_series
from tests.stores.contract import entry, weight


def test_columns_are_the_members_in_order_and_gaps_are_empty() -> None:
    elements = [
        {"dateTime": "2026-11-01", "value": "82.4"},
        {"dateTime": "2026-11-02", "fat": 21.5, "value": None},
    ]

    assert to_csv(elements) == ("dateTime,value,fat\r\n2026-11-01,82.4,\r\n2026-11-02,,21.5\r\n")


def test_a_list_is_json_and_quoted() -> None:
    text = to_csv([{"value": [1, "é"], "on": True}])

    assert text == 'value,on\r\n"[1, ""é""]",true\r\n'


def test_the_stages_of_a_night_are_a_table_of_their_own() -> None:
    """A night as Fitbit describes it (dev.fitbit.com, Get Sleep Log by Date), shortened."""
    deep = {"count": 5, "minutes": 104}
    stages = [
        {"dateTime": "2026-11-01T23:58:30.000", "level": "wake", "seconds": 480},
        {"dateTime": "2026-11-02T00:06:30.000", "level": "deep", "seconds": 990},
    ]
    night = {"logId": 7, "levels": {"summary": {"deep": deep}, "data": stages, "shortData": []}}
    nap = {"logId": 8, "levels": {"data": stages[:1]}}

    assert to_csv_files("jack.sleep", [night, nap], "logId") == {
        "jack.sleep": (
            "logId,levels.summary.deep.count,levels.summary.deep.minutes\r\n7,5,104\r\n8,,\r\n"
        ),
        "jack.sleep.levels.data": (
            "logId,dateTime,level,seconds\r\n"
            "7,2026-11-01T23:58:30.000,wake,480\r\n"
            "7,2026-11-02T00:06:30.000,deep,990\r\n"
            "8,2026-11-01T23:58:30.000,wake,480\r\n"
        ),
    }


def test_the_zones_of_a_day_have_its_date_and_the_day_a_flat_row() -> None:
    zones = [{"name": "Peak", "min": 160}, {"name": "Cardio", "min": 132}]
    day = {
        "dateTime": "2026-11-01",
        "value": {"restingHeartRate": 61, "heartRateZones": zones, "customHeartRateZones": []},
    }

    assert to_csv_files("jack.activities-heart", [day], "dateTime") == {
        "jack.activities-heart": "dateTime,value.restingHeartRate\r\n2026-11-01,61\r\n",
        "jack.activities-heart.value.heartRateZones": (
            "dateTime,name,min\r\n2026-11-01,Peak,160\r\n2026-11-01,Cardio,132\r\n"
        ),
    }


json = st.recursive(
    st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner)
)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), json)))
def test_no_value_is_lost_and_no_cell_has_members(elements: list[dict[str, object]]) -> None:
    tables = to_csv_files("t", elements, "")  # type: ignore[arg-type]

    rows = [row for text in tables.values() for row in csv.reader(io.StringIO(text, newline=""))]
    assert not any("{" in cell for row in rows[1:] for cell in row if not cell.startswith("["))
    assert count_numbers(elements) == sum(
        len(re.findall(r"-?\d+", cell))
        for text in tables.values()
        for row in csv.DictReader(io.StringIO(text, newline=""))
        for cell in row.values()
    )


def count_numbers(value: object) -> int:
    """Return how many numbers are anywhere in *value*."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, int) + sum(map(count_numbers, inner))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("https://x")', '\'=HYPERLINK("https://x")'),
        ("+1 egg", "'+1 egg"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-2.5", "-2.5"),
        ("+3", "+3"),
        ("-1e-05", "-1e-05"),
        ("a=b, c", "a=b, c"),
        ("", ""),
        ("line\nbreak", "line\nbreak"),
    ],
)
def test_no_cell_is_a_formula_and_negative_numbers_stay(text: str, cell: str) -> None:
    (row,) = csv.DictReader(io.StringIO(to_csv([{"name": text, "other": -1}]), newline=""))

    assert row == {"name": cell, "other": "-1"}


def test_name_of_a_member_is_no_formula_either() -> None:
    assert to_csv([{"=x": 1}]) == "'=x\r\n1\r\n"


def test_series_are_sorted_whatever_order_they_come_in() -> None:
    records = [entry(2, "2026-11-01"), weight("2026-11-02"), weight("2026-11-01")]

    told = by_series(records)

    assert list(told) == ["body-weight", "weight"]
    assert [element["dateTime"] for element in told["body-weight"]] == ["2026-11-01", "2026-11-02"]
    assert told == by_series(reversed(records))
