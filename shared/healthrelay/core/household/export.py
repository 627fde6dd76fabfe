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


Row = dict[str, "Json"]
Elements = Sequence[Mapping[str, "Json"]]


def to_csv_files(name: str, elements: Elements, key: str) -> dict[str, str]:
    """Return `to_tables` as name → CSV."""
    return {table: to_csv(rows) for table, rows in to_tables(name, elements, key).items()}


def to_tables(name: str, elements: Elements, key: str) -> dict[str, list[Row]]:
    """Return name → rows: *name* has one for each element, and a column for each value in it.

    A value within values is named by its path (``value.restingHeartRate``). A list of objects is a
    table of its own (``jack.sleep.levels.data``), in which each row begins with the *key* of its
    element: the member that identifies it, if the series has one.
    """
    tables: dict[str, list[Row]] = {name: []}
    for element in elements:
        tables[name].append(_flatten(element, name, {n: element[n] for n in (key,) if n}, tables))
    return tables


def _flatten(
    element: Mapping[str, Json], table: str, owner: Mapping[str, Json], tables: dict[str, list[Row]]
) -> Row:
    """Return the values in *element* by path; append what is a list of objects to *tables*."""
    row: Row = {}
    for member, value in element.items():
        if isinstance(value, dict):
            inner = _flatten(value, f"{table}.{member}", owner, tables)
            row |= {f"{member}.{path}": part for path, part in inner.items()}
        elif isinstance(value, list) and all(isinstance(item, dict) for item in value):
            place = f"{table}.{member}"
            rows = tables.setdefault(place, []) if value else []
            items = [item for item in value if isinstance(item, dict)]
            rows += [{**owner, **_flatten(item, place, owner, tables)} for item in items]
        else:
            row[member] = value
    return row


def to_csv(elements: Elements) -> str:
    """Return CSV (RFC 4180) with a column for each member, in the order of their first occurrence.

    A list is JSON; a member that is absent or null is empty.
    A text that a spreadsheet would take for a formula gets an apostrophe before it.
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
