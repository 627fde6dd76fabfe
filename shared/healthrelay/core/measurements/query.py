"""What a caller wants fetched: the words of a request and the stored settings, made one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import BadRequest
from healthrelay.core.measurements.catalogue import EPOCH, SERIES, Kind
from healthrelay.core.measurements.days import CONTINUED_ON, first_day, parse_day
from healthrelay.core.measurements.methods import (
    ARGUMENTS,
    DAY,
    DEFAULT_METHOD,
    DETAILS,
    Method,
    method,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthrelay.core.measurements.reading import Window

MAX_CHOICES = 80
SECONDS_DETAIL = "activities-heart-intraday"

_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_ANY_DAY = date.max - timedelta(days=1)
"""Stands for today while nobody knows which day it is for the wearer."""

Words = Mapping[str, str]


class FetchRequest(NamedTuple):
    """A request for one person's measurements, its words checked as far as words can be."""

    user: str
    query: Words


class Selection(NamedTuple):
    """What a fetch is to bring, settled once: by its words, the settings and the wearer's day."""

    windows: tuple[Window, ...]
    configured: set[str]
    """The series that the settings name: those for which a consent is needed."""
    names_days: bool = False
    """Whether somebody named days: then they are read whole, whatever was read before."""
    first_day: date = EPOCH
    """What lies before was measured by an earlier account of the same wearer."""


def parse_request(user: str, query: Words) -> FetchRequest:
    """Return the request; raise `BadRequest` for words that are wrong whatever is stored.

    What depends on the stored settings or on the wearer's day is refused by `windows`.
    """
    for name in query:
        if name != "methods" and name not in ARGUMENTS:
            raise BadRequest(f"No method takes the argument '{name[:40]}'.")
    # Empty is as if it were not there: it must not set aside a stored setting.
    query = {name: value for name, value in query.items() if value.strip()}
    _check_days(query)
    _hour_range(query.get("start_time") or "00:00", query.get("end_time") or "23:59")
    if query.get("methods"):
        chosen = _chosen_methods(query)
        _refuse_idle(query, chosen)
        if query.get("resource"):
            for row, series in _choose_series(query, chosen):
                _detail_level(series, _taken(row, query))
    return FetchRequest(user, query)


def selection_of(query: Words, settings: Words, today: date) -> Selection:
    """Return what is to be read of a person on the day *today*. Raise as `windows`."""
    names_days = bool(query.keys() & DAY) or "base_date" in settings or "end_date" in settings
    first = settings.get(CONTINUED_ON)
    return Selection(
        tuple(windows(query, settings, today)),
        configured_series(settings),
        names_days,
        date.fromisoformat(first) if first else EPOCH,
    )


def windows(query: Words, settings: Words, today: date) -> list[Window]:
    """Return the series and days that *query* names, with *settings* as its defaults.

    The query wins; one that names a period or end sets aside both stored ones. Every wrong word
    is a `BadRequest` with one sentence.
    """
    from healthrelay.core.measurements.reading import Window  # noqa: PLC0415 - a consent needs none

    words = {**_defaults(query, settings), **query}
    chosen = _chosen_methods(words)
    _refuse_idle(query, chosen)
    spans = {row.name: _day_span(_taken(row, words), row.period, today) for row in chosen}
    windows_of: dict[str, Window] = {}
    for row, series in _choose_series(words, chosen):
        taken = _taken(row, words)
        if SERIES[series].kind is Kind.STATE:
            windows_of[series] = Window(series, EPOCH, EPOCH)
        else:
            hours = _hour_range(taken.get("start_time"), taken.get("end_time"))
            detail = _detail_level(series, taken)
            windows_of[series] = Window(series, *spans[row.name], detail, hours)
    return list(windows_of.values())


def configured_series(settings: Words) -> set[str]:
    """Return the series that *settings* name: those for which a consent is needed."""
    words = _defaults({}, settings)
    return {series for _, series in _choose_series(words, _chosen_methods(words))}


def _check_days(query: Words) -> None:
    days = {
        name: parse_day(name, query[name], _ANY_DAY)
        for name in sorted(DAY - {"period"})
        if query.get(name)
    }
    if query.get("period"):
        first_day(_ANY_DAY, query["period"])
    if "date" not in days:
        _refuse_both(query)
        if days.get("end_date", _ANY_DAY) < days.get("base_date", _ANY_DAY) < _ANY_DAY:
            raise BadRequest("end_date must not lie before base_date.")


def _refuse_both(words: Words) -> None:
    if words.get("period") and words.get("end_date"):
        raise BadRequest("Give either period or end_date, not both.")


def _refuse_idle(query: Words, chosen: list[Method]) -> None:
    """Refuse what no chosen method would use; a stored default may lie idle, a typed word not."""
    taken = frozenset[str]().union(*(row.arguments for row in chosen))
    for name in query:
        if name != "methods" and name not in taken:
            raise BadRequest(f"None of the methods asked for takes {name}.")


def _defaults(query: Words, settings: Words) -> dict[str, str]:
    dates_named = "period" in query or "end_date" in query
    return {
        name: value
        for name, value in settings.items()
        if (name == "methods" or name in ARGUMENTS)
        and not (dates_named and name in ("period", "end_date"))
    }


def _chosen_methods(words: Words) -> list[Method]:
    return [method(name) for name in _split_choices(words.get("methods") or DEFAULT_METHOD)]


def _split_choices(text: str) -> list[str]:
    choices = [part.strip() for part in text.split(",") if part.strip()]
    if not choices or len(choices) > MAX_CHOICES:
        raise BadRequest(f"Name 1 to {MAX_CHOICES} methods or resources, separated by commas.")
    return choices


def _taken(row: Method, words: Words) -> Words:
    return {name: value for name, value in words.items() if name in row.arguments}


def _choose_series(words: Words, chosen: list[Method]) -> Iterator[tuple[Method, str]]:
    """Return the series of each method. Of several resources each takes those that it has."""
    for row in chosen:
        if row.resources is None or not words.get("resource"):
            yield from ((row, series) for series in row.gives(None))
            continue
        others = [r.resources for r in chosen if r is not row and r.resources is not None]
        for name in _split_choices(words["resource"]):
            if name in row.resources or not any(name in resources for resources in others):
                yield from ((row, series) for series in row.gives(name))


def _detail_level(series: str, taken: Words) -> str:
    if SERIES[series].kind is not Kind.INTRADAY:
        return ""
    detail = taken.get("detail_level") or DETAILS[0]
    allowed = DETAILS if series == SECONDS_DETAIL else DETAILS[:2]
    if detail not in allowed:
        raise BadRequest(f"detail_level must be one of {', '.join(allowed)} here.")
    return detail


def _hour_range(start: str | None, end: str | None) -> tuple[str, str] | None:
    if not start and not end:
        return None
    if not start or not end:
        raise BadRequest("Give start_time and end_time together.")
    for name, text in (("start_time", start), ("end_time", end)):
        if not re.fullmatch(_TIME, text, re.ASCII):
            raise BadRequest(f"{name} must be a time like 08:30.")
    if end < start:
        raise BadRequest("end_time must not lie before start_time.")
    return start, end


def _day_span(taken: Words, default: str, today: date) -> tuple[date, date]:
    """Return the first and last day: the *default* period when nobody names days."""
    if taken.get("date"):
        day = parse_day("date", taken["date"], today)
        return day, day
    _refuse_both(taken)
    base = parse_day("base_date", taken.get("base_date") or "today", today)
    if taken.get("end_date"):
        end = parse_day("end_date", taken["end_date"], today)
        if end < base:
            raise BadRequest("end_date must not lie before base_date.")
        return base, end
    period = taken.get("period") or ("1d" if taken.get("base_date") else default)
    return first_day(base, period), base
