"""What a header of HTTP can hold."""

import re

HEADER_VALUE = re.compile(r"[!-~]([ -~]*[!-~])?")
"""Printable ASCII without space around it. Everything else is for receivers to guess (RFC 9110,
section 5.5), and the end of a line begins another header."""


def is_header_value(text: str) -> bool:
    """Return whether *text* may be sent as a header's value."""
    return HEADER_VALUE.fullmatch(text) is not None
