"""What comes from outside as JSON: what can be used is kept, and nothing later breaks on it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.json_body import MAX_DEPTH, parse_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_good_json_is_read_as_it_is(value: Any, escaped: bool) -> None:
    body = json.dumps(value, ensure_ascii=escaped).encode()

    assert parse_json(body) == value


@given(st.binary(max_size=60) | st.text('[]{}",:\\u d8fFe0190-+NI', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_are_none(body: bytes) -> None:
    value = parse_json(body, decimal=float)

    json.dumps(value, ensure_ascii=False).encode()  # no half of a surrogate pair


@pytest.mark.parametrize("pair", [(b"[", b"]"), (b'{"a":', b"}"), (b'["]\\"",', b"]")])
def test_what_is_nested_too_deep_is_no_json(pair: tuple[bytes, bytes]) -> None:
    opening, closing = pair

    def nested(depth: int) -> Any:
        return parse_json(opening * depth + b"1" + closing * depth)

    assert nested(MAX_DEPTH) is not None
    assert nested(MAX_DEPTH + 1) is None
    assert nested(100_000) is None
    assert parse_json(opening * 15_000) is None


def test_brackets_in_texts_nest_nothing() -> None:
    body = b'{"a": "' + b"[" * 500 + b'", "b": "\\"' + b"}]" * 300 + b'"}'

    assert parse_json(body) == {"a": "[" * 500, "b": '"' + "}]" * 300}


@pytest.mark.parametrize(
    "body",
    [b'["\\ud800"]', b'["\\uDfff"]', b'["\\ud800\\ud800"]', b'["\xed\xa0\x80"]', b'["\xff"]'],
)
def test_what_is_no_unicode_is_replaced(body: bytes) -> None:
    (text,) = parse_json(body)

    assert set(text) == {"\ufffd"}


def test_a_pair_of_surrogates_and_an_escaped_backslash_stay() -> None:
    assert parse_json(b'["\\ud83d\\ude00", "\\\\ud800"]') == ["\N{GRINNING FACE}", "\\ud800"]


@pytest.mark.parametrize(
    "number", ["9" * 101, "-" + "9" * 5000, "1e99999", "0." + "0" * 200, "NaN"]
)
def test_a_number_that_nobody_means_is_none(number: str) -> None:
    assert parse_json(f'{{"a": {number}, "b": 1.10}}'.encode()) == {"a": None, "b": Decimal("1.10")}
