"""What charts of years need of a person's records, and no more: a store may keep it beside them.

A thin record has the number that is charted, and of a night when it was and how long: stages are
drawn of a few nights only, and are most of what is stored of a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from healthrelay.core.charts.values import MEASURES, SERIES, SLEEP
from healthrelay.core.json import to_text as json_text
from healthrelay.core.measurements.records import Record, by_name

if TYPE_CHECKING:
    from healthrelay.core.json import Json
    from healthrelay.core.measurements.reading import Delta

FORM = 1
"""Of what is kept. Whoever changes what a thin record has gives it another number."""
Year = Mapping[tuple[str, str], Record]
"""The thin records of a year by their names."""
_PATHS = [source for row in MEASURES.values() for source in row.sources]
_NIGHT = ("startTime", "endTime", "duration", "minutesAsleep", "isMainSleep")


def thin(record: Record) -> Record:
    """Return *record*, of a charted series, with what a chart of years needs of its data."""
    if record.series == SLEEP:
        # Without its minutes a night is as long as its stages say.
        told = isinstance(record.data.get("minutesAsleep"), int)
        members = _NIGHT if told else (*_NIGHT, "levels")
        return record._replace(data={n: record.data[n] for n in members if n in record.data})
    data: dict[str, Json] = {}
    for series, path in _PATHS:
        if series == record.series:
            data |= _cut(record.data, path)
    return record._replace(data=data)


def thin_years(records: Iterable[Record]) -> Mapping[str, Year]:
    """Return year → thin records of the charted series among *records*."""
    years: dict[str, dict[tuple[str, str], Record]] = {}
    for record in records:
        if record.series in SERIES:
            years.setdefault(year_of(record), {})[record.name] = thin(record)
    return years


def year_of(record: Record) -> str:
    return record.when[:4]


def year_after(year: str, known: Year, delta: Delta) -> Year:
    """Return what *known* is of a *year* after *delta*, also of what moved to another one."""
    names = {record.name for record in (*delta.removed, *delta.written)}
    rest = {name: record for name, record in known.items() if name not in names}
    # Of two with one name the last wins, in whichever year.
    written = thin_years(by_name(delta.written).values())
    return {**rest, **written.get(year, {})}


def to_text(year: Year) -> str:
    rows: dict[str, list[Json]] = {}
    for _, record in sorted(year.items()):
        row: Json = [record.key, record.when, dict(record.data), record.origin]
        rows.setdefault(record.series, []).append(row)
    return json_text(rows)


def from_text(text: str) -> Year:
    """Return what `to_text` was given; whatever goes wrong, it was another text."""
    rows = json.loads(text)
    return by_name(Record(series, *row) for series in rows for row in rows[series])


def _cut(data: Mapping[str, Json], path: tuple[str, ...]) -> dict[str, Json]:
    """Return *data* with only the member at *path*; nothing where it is not there."""
    first, *rest = path
    if first not in data:
        return {}
    value = data[first]
    if not rest:
        return {first: value}
    return {first: _cut(value, tuple(rest)) if isinstance(value, Mapping) else None}
