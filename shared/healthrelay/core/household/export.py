"""A person's data to take along: one JSON object, and a table for each series."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.core.json import Json

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def to_csv(elements: Sequence[Mapping[str, Json]]) -> str:
    """Return CSV (RFC 4180) with a column for each member, in the order of their first occurrence.

    A member that has members of its own, or is a list, is JSON; one that is absent or null is
    empty. A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    columns = list(dict.fromkeys(name for element in elements for name in element))
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(_quote_formula(name) for name in columns)
    for element in elements:
        writer.writerow(_cell(element.get(name)) for name in columns)
    return output.getvalue()


def _cell(value: Json) -> str:
    if isinstance(value, str):
        return _quote_formula(value)
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _quote_formula(text: str) -> str:
    """Return *text* so that no spreadsheet calculates it; a negative number is no formula."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
