"""The one reader of whole numbers that come from outside as texts."""

MAX_DIGITS = 20
"""Of an unsigned integer of 64 bits; no number of ours has more."""


def whole_number(text: str) -> int | None:
    """Return the number that *text* writes in ASCII digits and nothing else; None for no such."""
    if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS:
        return int(text)
    return None
