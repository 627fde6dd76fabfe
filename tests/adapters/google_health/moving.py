"""Points of activity as Google Health sends them, and what the adapter makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from healthrelay.adapters.google_health.provider import GoogleHealth
from healthrelay.adapters.http import Http
from healthrelay.core.grants.token import Account
from healthrelay.core.json import Raw
from healthrelay.core.measurements.presentation import present
from healthrelay.core.measurements.reading import ConvertedSeries, Window
from healthrelay.core.measurements.records import Record
from tests.adapters.google_health.described import check
from tests.adapters.reading import MONDAY, NOW, SUNDAY


def provider() -> GoogleHealth:
    """Return the adapter, for what needs no server."""
    return GoogleHealth("http://unused", Http())


def assert_unknown(series: str, raw: Mapping[str, Sequence[Raw]], **how: Any) -> None:
    """See that *raw* is not taken for no data, but said to be in a shape that is unknown."""
    result = set_aside(series, raw, **how)
    assert sum(result.odd.values()) == 1
    if series != "user":  # of whom there is one, with all that could be read
        assert result.elements == []


def converted(series: str, raw: Mapping[str, Sequence[Raw]], **how: Any) -> Any:
    """Return the elements of *series* from *raw*, whose points must be as Google describes them."""
    elements = tolerated(series, raw, **how)
    check(raw)
    return elements


def tolerated(series: str, raw: Mapping[str, Sequence[Raw]], **how: Any) -> Any:
    """As `converted`, of *raw* that Google may send one day."""
    result = set_aside(series, raw, **how)
    assert result.odd == {}
    return result.elements


def set_aside(
    series: str,
    raw: Mapping[str, Sequence[Raw]],
    *,
    system: str = "metric",
    days: tuple[date, date] = (MONDAY, SUNDAY),
    detail: str = "",
    zone: str | None = "Europe/Amsterdam",
) -> ConvertedSeries:
    """Return the elements of *raw*, and what was set aside; what is needed besides is empty.

    The elements are as they are given out in *system*.
    """
    window = Window(series, *days, detail)
    adapter = provider()
    needed = {source.name: raw.get(source.name, []) for source in adapter.needs(window)}
    assert raw.keys() <= needed.keys()
    result = adapter.convert(window, needed, Account("111", zone), NOW)
    if system == "metric":
        return result
    records = [Record(series, "k", "", dict(one), adapter.name) for one in result.elements]
    return result._replace(elements=[present(record, system) for record in records])


def rolled(day: int, **value: Any) -> dict[str, Any]:
    """Return a bucket of a daily roll-up, of a day of November 2026."""
    start, end = ({"date": dated(each), "time": {}} for each in (day, day + 1))
    return {"civilStartTime": start, "civilEndTime": end, **value}


def interval(start: str, end: str, offset: str | None = "3600s") -> dict[str, str]:
    """From *start* to *end*, both UTC."""
    times = {"startTime": start, "endTime": end}
    return times if offset is None else {**times, "startUtcOffset": offset, "endUtcOffset": offset}


def dated(day: int) -> dict[str, int]:
    """Return a day of November 2026."""
    return {"year": 2026, "month": 11, "day": day}


def bucket(start: str, **value: Any) -> dict[str, Any]:
    """Return a bucket of a roll-up by the minute."""
    return {"startTime": start, "endTime": start, **value}


def points(elements: Any) -> list[tuple[str, float]]:
    """Time and value of each point of the one element there is."""
    (element,) = elements
    return [(point["time"], point["value"]) for point in element["dataset"]]
