"""All of one person's records as Igor wants them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.core.digestible import Json
    from healthrelay.core.records import Record


def snapshot(user: str, records: Iterable[Record]) -> bytes | None:
    """The JSON body for poll and push, or None when there is nothing to tell.

    ``{"jack": {"body-weight": [{"dateTime": "2026-11-01", "value": "82.4"}]}}``. The outer
    name is always there: Igor unwraps it, and without it a person called ``weight`` would
    be mistaken for a series. Equal records give equal bytes, whatever order they come in,
    so that Igor sees no change where there is none. An empty body is never given out:
    Igor would wipe what it has.
    """
    series: dict[str, list[Json]] = {}
    for record in sorted(records, key=lambda r: (r.series, r.when, r.key)):
        series.setdefault(record.series, []).append(dict(record.data))
    if not series:
        return None
    return json.dumps({user: series}, separators=(",", ":")).encode()
