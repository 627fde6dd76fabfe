"""One week in November, and all that a provider tells of a series in it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from healthrelay.core.grants.token import Account
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.reads import pack
from healthrelay.ports.peers import Provider

MONDAY, SUNDAY = date(2026, 11, 2), date(2026, 11, 8)
NOW = datetime(2026, 11, 9, 12, tzinfo=UTC)


def values(**by_day: Any) -> list[dict[str, Any]]:
    """Return a time series: ``d2="0"`` is 2 November 2026."""
    return [{"dateTime": f"2026-11-{int(day[1:]):02}", "value": v} for day, v in by_day.items()]


def read_window(
    provider: Provider, access: str, window: Window, account: Account
) -> list[dict[str, Any]]:
    """Read all that *window* needs, and return its elements; nothing of it may be odd."""
    raw: dict[str, list[Any]] = {}
    for read in pack({window: provider.needs(window)}, Ledger()):
        raw.setdefault(read.source, []).extend(provider.read(access, read))
    converted = provider.convert(window, raw, account, NOW)
    assert converted.odd == {}
    return [dict(element) for element in converted.elements]
