"""What a caller asked to fetch: their words and the stored settings, made one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from healthrelay.core.errors import BadRequest
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.coverage import Coverage, unattended
from healthrelay.core.measurements.days import EPOCH, first_day, parse_day
from healthrelay.core.measurements.methods import ARGUMENTS, DAY, DETAILS, Method, method
from healthrelay.core.measurements.records import Window

DEFAULT_METHOD = "get_bodyweight"
MAX_CHOICES = 80
SECONDS_DETAIL = "activities-heart-intraday"

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def windows(
    query: Mapping[str, str], stored: Mapping[str, str], today: date, covered: Coverage
) -> list[Window]:
    """The series and days that *query* asks for, with *stored* settings as its defaults.

    The query wins; one that says anything of period or end sets aside both stored ones. When
    it says nothing of dates, what is *covered* already is read again only where it may have
    changed. Every wrong word is a `BadRequest` with one sentence.
    """
    _refuse_strangers(query)
    asked = {**_defaults(query, stored), **query}
    chosen = [method(name) for name in _choices(asked.get("methods") or DEFAULT_METHOD)]
    _refuse_idle(query, chosen)
    found = {w.series: w for row in chosen for w in _windows(row, chosen, asked, today)}
    if query.keys() & DAY or "base_date" in stored or "end_date" in stored:
        return list(found.values())
    return [part for window in found.values() for part in unattended(window, covered)]


def _refuse_strangers(query: Mapping[str, str]) -> None:
    for name in query:
        if name != "methods" and name not in ARGUMENTS:
            raise BadRequest(f"No method takes the argument '{name[:40]}'.")


def _refuse_idle(query: Mapping[str, str], chosen: list[Method]) -> None:
    """Refuse what no chosen method would use; a stored default may lie idle, a typed word not."""
    taken = frozenset[str]().union(*(row.arguments for row in chosen))
    for name in query:
        if name != "methods" and name not in taken:
            raise BadRequest(f"None of the methods asked for takes {name}.")


def _defaults(query: Mapping[str, str], stored: Mapping[str, str]) -> dict[str, str]:
    dates_said = "period" in query or "end_date" in query
    return {
        name: value
        for name, value in stored.items()
        if (name == "methods" or name in ARGUMENTS)
        and not (dates_said and name in ("period", "end_date"))
    }


def _choices(text: str) -> list[str]:
    choices = [part.strip() for part in text.split(",") if part.strip()]
    if not choices or len(choices) > MAX_CHOICES:
        raise BadRequest(f"Name 1 to {MAX_CHOICES} methods or resources, separated by commas.")
    return choices


def _windows(
    row: Method, chosen: list[Method], asked: Mapping[str, str], today: date
) -> list[Window]:
    """The windows of one method, which gets only the arguments it takes."""
    mine = {name: value for name, value in asked.items() if name in row.arguments}
    start, end = _days(mine, row.period, today)
    hours = _hours(mine.get("start_time"), mine.get("end_time"))
    found = []
    for name in _series(row, chosen, mine.get("resource")):
        if SERIES[name].kind is Kind.STATE:
            found.append(Window(name, EPOCH, EPOCH))
        else:
            found.append(Window(name, start, end, _detail(name, mine), hours))
    return found


def _series(row: Method, chosen: list[Method], resource: str | None) -> list[str]:
    """The series of *row*. Of several resources each method takes those that it has."""
    if row.resources is None:
        return list(row.series)
    if not resource:
        return list(row.gives(None))
    others = [r.resources for r in chosen if r is not row and r.resources is not None]
    return [
        series
        for name in _choices(resource)
        if name in row.resources or not any(name in resources for resources in others)
        for series in row.gives(name)
    ]


def _detail(series: str, mine: Mapping[str, str]) -> str:
    if SERIES[series].kind is not Kind.INTRADAY:
        return ""
    detail = mine.get("detail_level") or DETAILS[0]
    allowed = DETAILS if series == SECONDS_DETAIL else DETAILS[:2]
    if detail not in allowed:
        raise BadRequest(f"detail_level must be one of {', '.join(allowed)} here.")
    return detail


def _hours(start: str | None, end: str | None) -> tuple[str, str] | None:
    if not start and not end:
        return None
    if not start or not end:
        raise BadRequest("Give start_time and end_time together.")
    for name, text in (("start_time", start), ("end_time", end)):
        if not _TIME.fullmatch(text):
            raise BadRequest(f"{name} must be a time like 08:30.")
    if end < start:
        raise BadRequest("end_time must not lie before start_time.")
    return start, end


def _days(asked: Mapping[str, str], default: str, today: date) -> tuple[date, date]:
    if asked.get("date"):
        day = parse_day("date", asked["date"], today)
        return day, day
    base = parse_day("base_date", asked.get("base_date") or "today", today)
    period, end_text = asked.get("period"), asked.get("end_date")
    if period and end_text:
        raise BadRequest("Give either period or end_date, not both.")
    if end_text:
        end = parse_day("end_date", end_text, today)
        if end < base:
            raise BadRequest("end_date must not lie before base_date.")
        return base, end
    if not period:
        period = "1d" if asked.get("base_date") else default
    return first_day(base, period), base
