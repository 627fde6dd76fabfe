"""What a header of HTTP can hold."""

import re

_VALUE = re.compile(r"[!-~]([ -~]*[!-~])?")


def is_header_value(text: str) -> bool:
    """Return whether *text* may be sent as a header's value: printable ASCII, no space around it.

    Everything else is for receivers to guess (RFC 9110, 5.5), and a line's end begins another
    header.
    """
    return _VALUE.fullmatch(text) is not None
