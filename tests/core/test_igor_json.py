"""What reaches Igor is what Igor can hold."""

import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.igor_json import MAX_DEPTH, is_name, to_igor_json


@pytest.mark.parametrize("name", ["jack", "_x", "A", "body-weight", "a.b_c-9", "x" * 64])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "2fit", "-x", "..", "_e", "@a", "#text"),
        *("a b", "jack@example", "é", "a/b", "x" * 65, "a\n"),
    ],
)
def test_no_names(name: str) -> None:
    assert not is_name(name)


def test_plain_values_stay() -> None:
    value = {"a": [1, 2.5, "x\ty\nz", True, None, "é🙂"], "b": {"c": "d"}}

    assert to_igor_json(value) == value


def test_what_breaks_igor_goes() -> None:
    value = {
        "ok": "a\x00b\x1bc\x7fd\x85e\ud800f\ufffeg\rh",
        "@attribute": 1,
        "#text": "x",
        "_e": "x",
        "2020-01-01": "x",
        "a\x01b": "x",
        7: "x",
        "nan": math.nan,
        "inf": [math.inf],
        "other": object(),
    }

    assert to_igor_json(value) == {"ok": "abcdefgh", "nan": None, "inf": [None], "other": None}


def test_depth_is_bounded() -> None:
    value: object = "deep"
    for _ in range(5000):
        value = [value]

    bounded = to_igor_json(value)
    depth = 0
    while isinstance(bounded, list):
        bounded, depth = bounded[0], depth + 1

    assert depth == MAX_DEPTH
    assert bounded is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@given(ANYTHING)
def test_whatever_comes_is_strict_json_of_safe_names_and_texts(value: object) -> None:
    clean = to_igor_json(value)

    json.dumps(clean, allow_nan=False)
    stack = [clean]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            assert all(is_name(name) for name in item)
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, str):
            assert not BAD.search(item)
    assert to_igor_json(clean) == clean
