"""Answers of the Web API, and what the legacy adapter makes of them without a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from healthrelay.adapters.fitbit.provider import LegacyFitbit
from healthrelay.adapters.http import Http
from healthrelay.core.grants.token import Account
from healthrelay.core.json import Raw
from healthrelay.core.measurements.reading import ConvertedSeries, Window
from tests.adapters.reading import MONDAY, NOW, SUNDAY


def converted(series: str, raw: Mapping[str, Sequence[Raw]], detail: str = "") -> Any:
    """Return the elements of *series* from *raw*, which has all sources that it needs."""
    result = set_aside(series, raw, detail)
    assert result.odd == {}
    return result.elements


def set_aside(series: str, raw: Mapping[str, Sequence[Raw]], detail: str = "") -> ConvertedSeries:
    """As `converted`, of *raw* that cannot all be read."""
    legacy = LegacyFitbit("http://unused", "cid", Http())
    window = Window(series, MONDAY, SUNDAY, detail)
    assert raw.keys() == {source.name for source in legacy.needs(window)}
    return legacy.convert(window, raw, Account("A1B2C3", None), NOW)
