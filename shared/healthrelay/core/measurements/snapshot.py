"""All of one person's records as Igor wants them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from healthrelay.core.json import Json, to_text
from healthrelay.core.measurements.catalogue import EPOCH
from healthrelay.core.measurements.records import as_stored, in_order

if TYPE_CHECKING:
    from healthrelay.core.measurements.records import Record, Show


def snapshot(
    user: str, records: Iterable[Record], days: int, show: Show = as_stored
) -> bytes | None:
    """Return the JSON body for poll and push, or None when there is no record.

    ``{"jack": {"body-weight": [{"dateTime": "2026-11-01", "value": "82.4"}]}}``. The outer
    name is always there: Igor unwraps it, and without it a person called ``weight`` would
    be mistaken for a series. Equal records give equal bytes, whatever order they come in,
    so that Igor sees no change where there is none. An empty body is never given out:
    Igor would wipe what it has.
    """
    series = by_series(recent(records, days), show)
    if not series:
        return None
    return encoded(user, series)


def encoded(user: str, series: Mapping[str, Json]) -> bytes:
    return to_text({user: series}).encode()


def recent(records: Iterable[Record], days: int) -> list[Record]:
    """Return what lies in the last *days* days before the newest record, and every state.

    Counted from the record and not from the clock: nothing leaves as long as nothing comes.
    """
    known = list(records)
    newest = max((record.when[:10] for record in known), default=EPOCH.isoformat())
    first = (date.fromisoformat(newest) - timedelta(days=days)).isoformat()
    return [r for r in known if r.when[:10] > first or r.when == EPOCH.isoformat()]


def by_series(records: Iterable[Record], show: Show = as_stored) -> dict[str, list[Any]]:
    """Return the elements of *records*, each series in the order of its times."""
    series: dict[str, list[Any]] = {}
    for record in in_order(records):
        series.setdefault(record.series, []).append(dict(show(record)))
    return series


def xml(name: str, value: Json) -> str:
    """Return ``<name>…</name>``, as Igor makes it of our JSON.

    A list becomes so many elements, and what is nothing an empty one. Names and texts are
    taken to be fit for Igor, so that only three characters need care.
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
