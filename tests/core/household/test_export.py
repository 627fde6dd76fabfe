"""A person's data as tables."""

from __future__ import annotations

import csv
import io

import pytest

from healthrelay.core.household.export import to_csv
from healthrelay.core.measurements.snapshot import by_series
from tests.stores.contract import entry, weight


def test_columns_are_the_members_in_order_and_gaps_are_empty() -> None:
    elements = [
        {"dateTime": "2026-11-01", "value": "82.4"},
        {"dateTime": "2026-11-02", "fat": 21.5, "value": None},
    ]

    assert to_csv(elements) == ("dateTime,value,fat\r\n2026-11-01,82.4,\r\n2026-11-02,,21.5\r\n")


def test_what_has_members_is_json_and_quoted() -> None:
    text = to_csv([{"value": {"zones": [1, {"a": "é"}]}, "on": True}])

    assert text == 'value,on\r\n"{""zones"": [1, {""a"": ""é""}]}",true\r\n'
    (row,) = csv.DictReader(io.StringIO(text))
    assert row == {"value": '{"zones": [1, {"a": "é"}]}', "on": "true"}


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
