"""Which members of Google's description reach a record: those that change one.

A point with all that its type can have is converted, and again with another value of each member.
A member that only counts where another one is missing is tried without that one too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from healthrelay.adapters.google_health.points import json_name
from healthrelay.adapters.google_health.questions import AccountPart, DailyRollUp, Question, RollUp
from healthrelay.adapters.google_health.rows import ROWS
from tests.adapters.google_health.moving import rolled, set_aside
from tests.contract.full import DAY, START, Way, full, other
from tests.contract.members import Path, kinds, members

Given = dict[str, set[Path]]
"""Data type (with how it is rolled up) or part of the account → its members that are given."""


def given() -> Given:
    """Return the members that any series gives."""
    found: Given = {}
    for series, row in ROWS.items():
        for questions, detail in ((row.needs, ""), (row.fine, "1sec")):
            points = {question: point_of(question) for question in questions}
            for question in questions:
                kind = kind_of(question)
                open_ = set(members(kinds()[kind])) - found.setdefault(kind, set())
                found[kind] |= set(_Trial(series, detail, points, question).given(open_))
    return found


class _Trial:
    """One series, and the point of one question of it."""

    def __init__(
        self, series: str, detail: str, points: Mapping[Question, Any], asked: Question
    ) -> None:
        self._series, self._detail = series, detail
        self._raw = {question.source.name: [point] for question, point in points.items()}
        self._name, self._kind = asked.source.name, kind_of(asked)
        self._holder: Way = () if isinstance(asked, AccountPart) else (json_name(asked),)

    def given(self, paths: set[Path]) -> Iterator[Path]:
        """Yield those of *paths* that change the records."""
        without = {path: self._records(missing=path) for path in paths}
        for path in paths:
            if self._records(changed=path) != self._records() or any(
                self._records(missing=missing, changed=path) != records
                for missing, records in without.items()
                if missing != path
            ):
                yield path

    def _records(self, missing: Path = (), changed: Path = ()) -> Any:
        point = deepcopy(self._raw[self._name][0])
        if missing:
            holder, name = self._place(point, missing)
            del holder[name]
        if changed:
            holder, name = self._place(point, changed)
            holder[name] = other(kinds()[self._kind], changed, holder[name])
        raw = {**self._raw, self._name: [point]}
        return set_aside(self._series, raw, detail=self._detail).elements

    def _place(self, point: Any, path: Path) -> tuple[Any, str]:
        """Return what holds the last name of *path*: of a list, its one item."""
        *way, last = (*self._holder, *path)
        for name in way:
            inner = point[name]
            point = inner[0] if isinstance(inner, list) else inner
        return point, last


def kind_of(question: Question) -> str:
    """Return what `kinds` calls that which *question* asks for."""
    if isinstance(question, AccountPart):
        return question.path
    how = {DailyRollUp: ":dailyRollUp", RollUp: ":rollUp"}.get(type(question), "")
    return json_name(question) + how


def point_of(question: Question) -> dict[str, Any]:
    """Return an answer to *question* that has all that Google describes."""
    value = full(kind_of(question))
    if isinstance(question, AccountPart):
        return value
    named = {json_name(question): value}
    if isinstance(question, DailyRollUp):
        return rolled(DAY, **named)
    if isinstance(question, RollUp):
        return {"startTime": START, **named}
    name = f"users/1/dataTypes/{question.source.name}/dataPoints/7"
    return {"dataPointName": name, "name": name, **named}
