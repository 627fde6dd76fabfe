"""What JSON can hold, and how we write it."""

from __future__ import annotations

import json

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def to_text(value: object) -> str:
    """Return *value* as JSON in ASCII, without spaces."""
    return json.dumps(value, separators=(",", ":"))
