"""What may be sent as the value of a header."""

import pytest

from healthrelay.core.header import is_header_value


@pytest.mark.parametrize("text", ["a", "Bearer a.b-c_d", "v1,a= v1a,b="])
def test_printable_ascii_may_be_sent(text: str) -> None:
    assert is_header_value(text)


@pytest.mark.parametrize(
    "text", ["", " a", "a ", "a\r\nX: 1", "a\n", "a\x00", "a\tb", "\xe9", "\N{EURO SIGN}", "\ud800"]
)
def test_anything_else_may_not(text: str) -> None:
    assert not is_header_value(text)
