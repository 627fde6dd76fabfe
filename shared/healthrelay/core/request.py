"""What a caller asked to fetch: their words and the stored settings, made one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from healthrelay.core.days import first_day, parse_day
from healthrelay.core.errors import BadRequest
from healthrelay.core.methods import ARGUMENTS, Method, method
from healthrelay.core.records import Window

DEFAULT_METHOD = "get_bodyweight"
DEFAULT_PERIOD = "1m"
MAX_CHOICES = 40


def windows(query: Mapping[str, str], stored: Mapping[str, str], today: date) -> list[Window]:
    """The series and days that *query* asks for, with *stored* settings as its defaults.

    The query wins; one that says anything of period or end sets aside both stored ones.
    Without either, a month up to today is read, or just the day that base_date names.
    Every wrong word is a `BadRequest` with one sentence.
    """
    _refuse_strangers(query)
    asked = {**_defaults(query, stored), **query}
    chosen = [method(name) for name in _choices(asked.get("methods") or DEFAULT_METHOD)]
    _refuse_idle(query, chosen)
    start, end = _days(asked, today)
    series = [name for row in chosen for name in _series(row, asked.get("resource"))]
    return [Window(name, start, end) for name in dict.fromkeys(series)]


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


def _series(row: Method, resource: str | None) -> list[str]:
    if not row.resources:
        return [row.gives(None)]
    return [row.gives(name) for name in (_choices(resource) if resource else [None])]


def _days(asked: Mapping[str, str], today: date) -> tuple[date, date]:
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
        period = "1d" if asked.get("base_date") else DEFAULT_PERIOD
    return first_day(base, period), base
