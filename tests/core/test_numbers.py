"""Whole numbers in texts from outside."""

import pytest

from healthrelay.core.numbers import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * 20, 10**20 - 1)])
def test_ascii_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1.0", " 1", "1_0", "²", "١", "9" * 21, "9" * 5000]
)
def test_anything_else_is_none(text: str) -> None:
    assert whole_number(text) is None
