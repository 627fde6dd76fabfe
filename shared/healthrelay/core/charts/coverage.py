"""What is known of each day of a year, for a calendar: from the ledger alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.charts.spans import DAY
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.ledger import MORE_TO_COME, State

if TYPE_CHECKING:
    from healthrelay.core.json import Json
    from healthrelay.core.measurements.status import PersonStatus, SeriesStatus

MONTHS = 12


class Coverage(Enum):
    """What is known of a day; the later in this list, the worse."""

    COMPLETE = "complete"
    """It was read, and changes no more."""
    NONE = "none"
    """It was read and changes no more, and nothing was measured."""
    OPEN = "open"
    """It may still change, or was not read yet."""
    FAILED = "failed"
    """It could not be read."""


_ORDER = {state: place for place, state in enumerate(Coverage)}
_BODY = ("body-weight", "weight", "body-fat", "fat", "body", "body-bmi")
_STEPS = ("activities-steps", "activities-tracker-steps", "activities-summary")
_HEART = ("activities-heart",)
_SLEEP = tuple(name for name in SERIES if name.startswith("sleep"))
EVERYTHING = "all"
CHOICES: Mapping[str, Collection[str]] = {
    EVERYTHING: SERIES,
    "weight": _BODY,
    "steps": _STEPS,
    "sleep": _SLEEP,
    "heart": _HEART,
}
"""What may be looked at → its series."""
_WORN = (_STEPS, _SLEEP, _HEART)
"""What a watch measures each day that it is worn: not to weigh oneself is no fault."""


class Group(NamedTuple):
    """Days in one state, as runs from a first to a last day, the newest first."""

    coverage: Coverage
    runs: tuple[tuple[date, date], ...]
    causes: tuple[str, ...] = ()
    """Why days could not be read."""


class Calendar(NamedTuple):
    """Twelve months of days, those of which nothing is wanted or known left out."""

    first: date
    """The first day of the first month."""
    last: date
    """The last day of the last month, or today."""
    days: Mapping[date, Coverage]
    groups: tuple[Group, ...]
    """Of the days that are not complete, the worst state first, then what is open, then empty."""
    earlier: bool
    """Whether there are days before *first*."""

    def count(self, coverage: Coverage) -> int:
        return sum(one is coverage for one in self.days.values())


def calendar(status: PersonStatus, choice: str, year: int | None = None) -> Calendar:
    """Return the twelve months that end with this one, or those of an earlier *year*.

    Raise `KeyError` for a *choice* that is none.
    """
    today = status.moment.day
    if year is None:
        first, last = _month_of_last_year(today), today
    else:
        first, last = date(year, 1, 1), min(date(year, 12, 31), today)
    chosen = {name: s for name, s in _dated(status).items() if _name(name) in CHOICES[choice]}
    found = _worst_days(chosen, choice, today)
    days = {day: found[day] for day in sorted(found) if first <= day <= last}
    return Calendar(first, last, days, _groups(days, chosen), bool(found) and min(found) < first)


def day_rows(status: PersonStatus) -> list[dict[str, Json]]:
    """Return a row for each known day of each series: ``series``, ``day``, ``state``."""
    rows: list[dict[str, Json]] = []
    for name, one in status.series.items():
        empty = dict.fromkeys(one.days.where([State.EMPTY]), Coverage.NONE)
        for day, coverage in (_coverage_of(one, open_is_news=True) | empty).items():
            if SERIES[_name(name)].kind is not Kind.STATE and day <= status.moment.day:
                rows.append({"series": name, "day": day.isoformat(), "state": coverage.value})
    return rows


def _month_of_last_year(today: date) -> date:
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def _name(covers: str) -> str:
    return covers.partition(" ")[0]


def _dated(status: PersonStatus) -> dict[str, SeriesStatus]:
    """Return what fetches read of whole days."""
    return {
        name: one
        for name, one in status.series.items()
        if one.configured and SERIES[_name(name)].kind is not Kind.STATE
    }


def _worst_days(
    chosen: Mapping[str, SeriesStatus], choice: str, today: date
) -> dict[date, Coverage]:
    """Return the worst state of each day in any of *chosen*."""
    worst: dict[date, Coverage] = {}
    waiting = any(one.waits_for for one in chosen.values())
    for one in chosen.values():
        # What waits for no device is open for 31 days in any case: beside others, no news.
        by_age_alone = waiting and not one.waits_for
        for day, coverage in _coverage_of(one, open_is_news=not by_age_alone).items():
            if day <= today and _ORDER[coverage] >= _ORDER[worst.get(day, Coverage.COMPLETE)]:
                worst[day] = coverage
    for series in _WORN:
        if choice == EVERYTHING or series is CHOICES[choice]:
            for day in _empty_days(chosen, series):
                if worst.get(day) is Coverage.COMPLETE:
                    worst[day] = Coverage.NONE
    return worst


def _coverage_of(one: SeriesStatus, *, open_is_news: bool) -> dict[date, Coverage]:
    """Return the state of each day; an empty one counts as complete."""
    waits = Coverage.OPEN if open_is_news else Coverage.COMPLETE
    meaning = {
        State.OPEN.value: waits,
        State.SETTLED.value: Coverage.COMPLETE,
        State.EMPTY.value: Coverage.COMPLETE,
        # Days that a fetch left to the next were not tried in vain.
        State.FAILED.value: Coverage.OPEN if one.cause == MORE_TO_COME else Coverage.FAILED,
    }
    return {one.days.start + n * DAY: meaning[state] for n, state in enumerate(one.days.states)}


def _empty_days(chosen: Mapping[str, SeriesStatus], names: Iterable[str]) -> set[date]:
    """Return the days on which nothing was measured in any of the series *names* that are read."""
    empty: set[date] = set()
    other: set[date] = set()
    for one in (chosen[name] for name in names if name in chosen):
        empty.update(one.days.where([State.EMPTY]))
        other.update(one.days.where([state for state in State if state is not State.EMPTY]))
    return empty - other


def _groups(days: Mapping[date, Coverage], chosen: Mapping[str, SeriesStatus]) -> tuple[Group, ...]:
    causes = dict.fromkeys(one.cause for one in chosen.values() if one.cause)
    causes.pop(MORE_TO_COME, None)
    groups = []
    for coverage in (Coverage.FAILED, Coverage.OPEN, Coverage.NONE):
        runs = runs_of([day for day, one in days.items() if one is coverage])
        if runs:
            why = tuple(causes) if coverage is Coverage.FAILED else ()
            groups.append(Group(coverage, runs, why))
    return tuple(groups)


def runs_of(days: Sequence[date]) -> tuple[tuple[date, date], ...]:
    """Return the runs in *days*, which are in order, the newest first."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = runs[-1][0], day
        else:
            runs.append((day, day))
    return tuple(reversed(runs))
