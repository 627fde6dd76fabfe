"""A snapshot as the XML that Igor makes of our JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.core.json import Json


def xml(name: str, value: Json) -> str:
    """``<name>…</name>``; a list becomes so many elements, and what is nothing an empty one.

    Names and texts have passed `to_igor_json`, so only three characters need escaping.
    """
    if isinstance(value, list):
        return "".join(xml(name, part) for part in value)
    if isinstance(value, dict):
        inside = "".join(xml(member, part) for member, part in value.items())
    else:
        inside = _text(value)
    return f"<{name}>{inside}</{name}>"


def _text(value: Json) -> str:
    if value is None or value is False:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
