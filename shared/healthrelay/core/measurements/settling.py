"""What a reading makes of the ledger: days settle, stay open, or could not be read.

A day can change until its devices have synced after it ended, so whether it is settled depends on
the devices and on a later reading, not on a call that succeeded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import OddData
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.doubt import look_again
from healthrelay.core.measurements.ledger import DAY, WATCHED_DAYS, Days, Ledger, State
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.syncs import are_syncs_told, each_day, settled_through

if TYPE_CHECKING:
    from healthrelay.core.measurements.days import Moment

SETTLED = (State.SETTLED, State.EMPTY)
Touched = Collection[tuple[str, str]]
"""Series and days."""


class DaysRead(NamedTuple):
    """What a reading says of days."""

    given: Touched
    """Those of which there is something."""
    changed: Touched = ()
    """Those of which something did."""
    odd: Mapping[str, Collection[str]] = MappingProxyType({})
    """Series → days of which something could not be read; ``""``, which is any, where no point
    says which."""


def after_reading(
    ledger: Ledger, windows: Iterable[Window], reading: DaysRead, moment: Moment
) -> Ledger:
    """Return *ledger* after *windows* were read whole at *moment*.

    A day that was settled and changes is open again; one of a missing record stays open. A day
    without data is empty only when further readings agree (`doubt`): a settled day from before
    the last 31 is not read again. Until then it is open and doubted, and `wanted` looks at it
    once more, together with those beside it.
    """
    for window in _dated(windows):
        days = _days_with(ledger, window)
        states = _states(ledger, window, days, reading, moment.civil)
        empty = _without_data(window, days, states, reading)
        doubted = look_again(window.series, days.doubted, states, empty, moment.now)
        if State.FAILED in states.values():
            causes = {**ledger.causes, window.series: OddData.cause}
            ledger = ledger._replace(causes=causes)
        # What lies between what was read before and now was never read.
        waiting = {*_apart(ledger, window), *_waiting(ledger, window)}
        waiting = {day for day in waiting if not window.has_day(day)}
        days = days.mark({**states, **dict.fromkeys(doubted, State.OPEN)})
        ledger = _with(ledger, window, days._replace(doubted=doubted), waiting)
    return _without_old_causes(_with_changed_points(ledger, reading.changed, moment.civil))


def _states(
    ledger: Ledger, window: Window, days: Days, reading: DaysRead, now: datetime
) -> dict[date, State]:
    """Return what *reading* says of each day of *window*, were none of them doubted."""
    last = settled_through(window.series, ledger, now)
    missing = {mark.day for mark in ledger.marks.get(window.series, {}).values()}
    odd = reading.odd.get(window.series, ())
    any_odd = "" in odd
    states: dict[date, State] = {}
    for day in each_day(window.start, window.end):
        text = day.isoformat()
        touched = window.series, text
        reopened = touched in reading.changed and days.state(day) in SETTLED
        if day > last or reopened or text in missing:
            states[day] = State.OPEN
        elif (any_odd or text in odd) and days.state(day) not in SETTLED:
            states[day] = State.FAILED
        else:
            states[day] = State.SETTLED if touched in reading.given else State.EMPTY
    return states


def _without_data(
    window: Window, days: Days, states: Mapping[date, State], reading: DaysRead
) -> set[date]:
    """Return which *days* of *window* have no data by their new *states*, and were not empty.

    Of points within a day also those that may still change: nobody looks at them every day.
    """
    within_day = SERIES[window.series].kind is Kind.INTRADAY
    empty = {
        day
        for day, state in states.items()
        if state is State.EMPTY
        or (within_day and state is State.OPEN and not _is_given(window, day, reading))
    }
    return {day for day in empty if days.state(day) is not State.EMPTY}


def _is_given(window: Window, day: date, reading: DaysRead) -> bool:
    return (window.series, day.isoformat()) in reading.given


def after_failure(
    ledger: Ledger, windows: Iterable[Window], causes: Mapping[str, str], passing: Collection[str]
) -> Ledger:
    """Return *ledger* after the days of *windows* could not be read, for the *causes* by series.

    What was settled stays so: that a day cannot be read says nothing of it. Neither does a
    *passing* trouble of a series say anything of days that were read before, or lie further back
    than the last 31.
    """
    for window in _dated(windows):
        recent = window.end - timedelta(days=WATCHED_DAYS - 1)
        known = ledger.days.get(window.covers)
        # History that was never read is no failure: it is wanted still.
        passes = window.series in passing
        first = recent if passes or known is None else min(recent, known.start)
        window = window._replace(start=max(window.start, first))
        days = _days_with(ledger, window)
        kept = (*SETTLED, State.OPEN) if passes else SETTLED
        failed = [
            day
            for day in each_day(window.start, window.end)
            if (known.state(day) if known else None) not in kept
        ]
        waiting = {*_waiting(ledger, window), *(day.isoformat() for day in failed)}
        ledger = _with(ledger, window, days.mark(dict.fromkeys(failed, State.FAILED)), waiting)
    return _without_old_causes(ledger._replace(causes={**ledger.causes, **causes}))


def _with_changed_points(ledger: Ledger, changed: Touched, now: datetime) -> Ledger:
    """Return *ledger* with the days of which points are to be read again, as their value *changed*.

    Where trackers say when they synced, that tells it (`with_devices`).
    """
    if are_syncs_told(ledger, now):
        return ledger
    first = now.date() - timedelta(days=WATCHED_DAYS)
    again = dict(ledger.again)
    for name, known in ledger.days.items():
        series = name.partition(" ")[0]
        if SERIES[series].kind is Kind.INTRADAY:
            of_day = series.removesuffix("-intraday")
            days = (date.fromisoformat(day) for other, day in changed if other == of_day)
            told = {day.isoformat() for day in days if day > first and known.state(day)}
            if told:
                again[name] = tuple(sorted({*again.get(name, ()), *told}))
    return ledger._replace(again=again)


def _dated(windows: Iterable[Window]) -> list[Window]:
    return [window for window in windows if SERIES[window.series].kind is not Kind.STATE]


def _days_with(ledger: Ledger, window: Window) -> Days:
    known = ledger.days.get(window.covers) or Days(window.start, "")
    return known.extend(window.start, window.end)


def _waiting(ledger: Ledger, window: Window) -> Iterable[str]:
    return ledger.again.get(window.covers, ())


def _apart(ledger: Ledger, window: Window) -> list[str]:
    """Return the days between *window* and what was read before."""
    known = ledger.days.get(window.covers)
    if known is None:
        return []
    gap = each_day(known.end + DAY, window.start - DAY) or each_day(
        window.end + DAY, known.start - DAY
    )
    return [day.isoformat() for day in gap]


def _with(ledger: Ledger, window: Window, days: Days, waiting: Collection[str]) -> Ledger:
    again = {name: again for name, again in ledger.again.items() if name != window.covers}
    if waiting and SERIES[window.series].kind is Kind.INTRADAY:
        again[window.covers] = tuple(sorted(waiting))
    return ledger._replace(days={**ledger.days, window.covers: days}, again=again)


def _without_old_causes(ledger: Ledger) -> Ledger:
    """Return *ledger* without the causes of series of which no day is failed any more."""
    failed = State.FAILED.value
    series = {name.partition(" ")[0] for name, d in ledger.days.items() if failed in d.states}
    return ledger._replace(causes={s: cause for s, cause in ledger.causes.items() if s in series})
