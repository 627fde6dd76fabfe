"""The XML of a snapshot, as Igor makes it of JSON."""

import pytest

from healthrelay.core.json import Json
from healthrelay.core.measurements.igor_xml import xml


@pytest.mark.parametrize(
    ("value", "told"),
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
def test_values(value: Json, told: str) -> None:
    assert xml("x", value) == told
