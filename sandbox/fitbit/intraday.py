"""A day in minutes, or in quarters of an hour; the heart in seconds, too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.decimals import number
from sandbox.fitbit.dates import Days, read_date
from sandbox.fitbit.errors import invalid, not_found
from sandbox.fitbit.guard import USER, Guard
from sandbox.fitbit.series import SERIES
from sandbox.fitbit.units import Units, request_units, text
from sandbox.minutes import TENTH, shares
from sandbox.wearer import Day, Wearer, civil

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAY = 1440
_LEVELS = {"1min": 1, "5min": 5, "15min": 15}
Part = Callable[[Decimal, Units], Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resource:
    """What is shared among the minutes, in which *unit*, and how a part of it is shown."""

    total: Callable[[Day], int | Decimal | None]
    unit: Decimal = Decimal(1)
    shown: Part = lambda part, _units: part


_RESOURCES = {
    "steps": _Resource(total=lambda day: day.steps),
    "floors": _Resource(total=lambda day: day.floors),
    "calories": _Resource(total=lambda day: day.kcal, unit=TENTH),
    "distance": _Resource(
        total=lambda day: day.millimeters, shown=lambda part, units: units.way(int(part))
    ),
    "elevation": _Resource(
        total=lambda day: day.climbed_mm, shown=lambda part, units: units.climb(int(part))
    ),
}


@dataclass(frozen=True, slots=True)
class _Span:
    """Times of day, both included."""

    first: time = time.min
    last: time = time.max

    @property
    def whole(self) -> bool:
        """Return whether it is all of the day."""
        return (self.first, self.last) == (time.min, time.max)


class Intraday:
    """Days in detail."""

    def __init__(self, wearer: Wearer, guard: Guard) -> None:
        self._wearer = wearer
        self._guard = guard

    def add_to(self, routes: Blueprint) -> None:
        """Return a day, or a part of it."""
        path = f"{USER}/activities/<name>/date/<day>/1d/<detail>"
        routes.add_url_rule(f"{path}.json", "intraday", self.view)
        routes.add_url_rule(f"{path}/time/<start>/<end>.json", "intraday_part", self.view)

    def view(
        self, user: str, name: str, day: str, detail: str, start: str = "", end: str = ""
    ) -> Response:
        """Return the day's element of the series, and its parts."""
        if name not in _RESOURCES and name != "heart":
            raise not_found()
        self._guard.enter(user, SERIES[f"activities/{name}"].scope)
        on = read_date(day, "date", self._wearer.today())
        span = _Span(_time(start), _time(end)) if start else _Span()
        read = self._heart if name == "heart" else self._activity
        return jsonify(read(name, on, detail, span))

    def _activity(self, name: str, day: date, detail: str, span: _Span) -> dict[str, Any]:
        if detail not in _LEVELS:
            raise invalid("detail-level", f"Invalid detail level: {detail}")
        resource, units, step = _RESOURCES[name], request_units(), _LEVELS[detail]
        parts = self._parts(resource, day, step)
        within = {
            at: parts.get(at, Decimal(0))
            for at in (time(minute // 60, minute % 60) for minute in range(0, _DAY, step))
            if span.first <= at <= span.last
        }
        items = SERIES[f"activities/{name}"].items(self._wearer, Days(day, day), units)
        if not span.whole:
            # Of a part of the day, the total is the part's.
            total = resource.shown(sum(within.values(), Decimal(0)), units)
            items = [{"dateTime": day.isoformat(), "value": text(total)}]
        dataset = [
            {"time": at.isoformat(), "value": number(resource.shown(part, units))}
            for at, part in within.items()
        ]
        return _answer(name, items, dataset, step, "minute")

    def _parts(self, resource: _Resource, day: date, step: int) -> dict[time, Decimal]:
        activity = self._wearer.days.get(day)
        total = resource.total(activity) if activity is not None else None
        parts: dict[time, Decimal] = {}
        if total is not None:
            for at, part in shares(self._wearer, day, total, resource.unit):
                begins = time(at.hour, at.minute // step * step)
                parts[begins] = parts.get(begins, Decimal(0)) + part
        return parts

    def _heart(self, name: str, day: date, detail: str, span: _Span) -> dict[str, Any]:
        if detail not in ("1sec", "1min"):
            raise invalid("detail-level", f"Invalid detail level: {detail}")
        exact = detail == "1sec"
        dataset = [
            {"time": at.isoformat(), "value": bpm}
            for at, bpm in self._beats(day, exact=exact)
            if span.first <= at <= span.last
        ]
        items = SERIES["activities/heart"].items(self._wearer, Days(day, day), request_units())
        return _answer(name, items, dataset, 1, "second" if exact else "minute")

    def _beats(self, day: date, *, exact: bool) -> Iterator[tuple[time, int]]:
        for beat in self._wearer.beats(day):
            at = civil(beat.at).time()
            yield at if exact else at.replace(second=0), beat.bpm


def _answer(
    name: str, items: list[Any], dataset: list[Any], interval: int, kind: str
) -> dict[str, Any]:
    detail = {"dataset": dataset, "datasetInterval": interval, "datasetType": kind}
    return {f"activities-{name}": items, f"activities-{name}-intraday": detail}


def _time(text: str) -> time:
    if not _TIME.fullmatch(text):
        raise invalid("time", f"Invalid time: {text}")
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - civil time
