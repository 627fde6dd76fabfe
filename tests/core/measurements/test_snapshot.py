"""What Igor gets of a person."""

from itertools import permutations

import pytest

from healthrelay.core.json import Json
from healthrelay.core.measurements.records import Record
from healthrelay.core.measurements.snapshot import recent, snapshot, xml

ONE = Record("body-weight", "2026-11-01", "2026-11-01", {"dateTime": "2026-11-01", "value": "82.4"})
TWO = Record("body-weight", "2026-11-02", "2026-11-02", {"dateTime": "2026-11-02", "value": "82.1"})
LOG = Record("weight", "9", "2026-11-01T07:12:00", {"logId": 9, "weight": 82.4})


def test_series_and_records_in_the_legacy_shape() -> None:
    assert snapshot("jack", [ONE, TWO], 365) == (
        b'{"jack":{"body-weight":[{"dateTime":"2026-11-01","value":"82.4"},'
        b'{"dateTime":"2026-11-02","value":"82.1"}]}}'
    )


def test_equal_records_give_equal_bytes_in_any_order() -> None:
    assert len({snapshot("jack", order, 365) for order in permutations([ONE, TWO, LOG])}) == 1


def test_nothing_is_never_an_empty_object() -> None:
    assert snapshot("jack", [], 365) is None


def test_person_called_like_a_series_stays_wrapped() -> None:
    assert snapshot("weight", [LOG], 365) == b'{"weight":{"weight":[{"logId":9,"weight":82.4}]}}'


def test_the_window_ends_with_the_newest_record_and_not_today() -> None:
    old = Record("body-weight", "2025-11-02", "2025-11-02", {"dateTime": "2025-11-02"})
    older = Record("body-weight", "2025-11-01", "2025-11-01", {"dateTime": "2025-11-01"})
    state = Record("devices", "1", "2009-01-01", {"id": "1"})

    assert recent([older, old, ONE, state], 365) == [old, ONE, state]
    assert recent([older, old, LOG, state], 1) == [LOG, state]
    assert recent([state], 1) == [state]
    assert recent([], 1) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("82.4", "<x>82.4</x>"),
        ("<&>\"'", "<x>&lt;&amp;&gt;\"'</x>"),
        (54, "<x>54</x>"),
        (54.0, "<x>54.0</x>"),
        (True, "<x>true</x>"),
        (None, "<x></x>"),
        (False, "<x></x>"),
        ("", "<x></x>"),
        ({}, "<x></x>"),
        ([], ""),
        (["a", "b"], "<x>a</x><x>b</x>"),
        ([{"a": 1}, {"b": [2, 3]}], "<x><a>1</a></x><x><b>2</b><b>3</b></x>"),
    ],
)
def test_xml_is_as_igor_makes_it_of_json(value: Json, text: str) -> None:
    assert xml("x", value) == text
