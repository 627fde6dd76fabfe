"""Which days of a series have been read whole, and what a fetch still needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING

from healthrelay.core.measurements.catalogue import SERIES, Kind

if TYPE_CHECKING:
    from healthrelay.core.measurements.records import Window

Span = tuple[date, date]
Coverage = Mapping[str, Span]
"""Series (`Window.covers`) → the first and last day of one stretch without a hole."""

DAY = timedelta(days=1)


def unattended(window: Window, covered: Coverage) -> tuple[Window, ...]:
    """What to read of *window* when nobody named its dates.

    Days that were read before are left out but for the last few, in which late values and
    corrections arrive. A hole since the last reading is filled, even one that is longer than
    the window. Days before what is covered are wanted history, a window of their own.
    """
    row = SERIES[window.series]
    if row.kind is Kind.STATE or window.covers not in covered:
        return (window,)
    first, last = covered[window.covers]
    if window.end < first:
        return (window,)
    again = max(first, min(last, window.end) - timedelta(days=row.late - 1))
    recent = window._replace(start=again)
    if window.start >= first:
        return (recent,)
    return window._replace(end=first - DAY), recent


class Rank(IntEnum):
    """How much the days of a window are wanted."""

    LATEST = 0
    """The last days, in which values still arrive."""
    NEW = 1
    AGAIN = 2
    """Read before, and probably as they were."""


def rank(window: Window, start: date, end: date, covered: Coverage) -> Rank:
    """How much *window* wants its days among *start* to *end*."""
    if end > window.end - timedelta(days=SERIES[window.series].late):
        return Rank.LATEST
    if window.covers not in covered:
        return Rank.NEW
    first, last = covered[window.covers]
    whole = first <= max(start, window.start) and min(end, window.end) <= last
    return Rank.AGAIN if whole else Rank.NEW


def distance(window: Window, start: date, end: date, covered: Coverage) -> int:
    """How many days *start* to *end* lie from what is covered, or else from the window's end."""
    first, last = covered.get(window.covers, (window.end, window.end))
    return max(0, (first - end).days, (start - last).days)


def without(window: Window, gaps: Iterable[Span]) -> list[Window]:
    """The stretches of *window* that lie outside all *gaps*."""
    found, start = [], window.start
    for first, last in sorted(gaps):
        if start < first:
            found.append(window._replace(start=start, end=min(window.end, first - DAY)))
        start = max(start, last + DAY)
        if start > window.end:
            return found
    return [*found, window._replace(start=start)]


def merged(covered: Coverage, read: Iterable[Window]) -> dict[str, Span]:
    """*covered* with the windows that were *read* whole.

    A stretch apart from what is covered is not taken in: the hole between would look read.
    Where nothing is covered yet the newest stretch is the first.
    """
    after = dict(covered)
    waiting = sorted(read, key=lambda window: window.end, reverse=True)
    while waiting:
        apart = [window for window in waiting if not _taken(after, window)]
        if len(apart) == len(waiting):
            break
        waiting = apart
    return after


def longer(before: Coverage, after: Coverage) -> bool:
    """Whether *after* has days that a fetch without dates would else read again each time."""
    return any(name not in before or first < before[name][0] for name, (first, _) in after.items())


def _taken(after: dict[str, Span], window: Window) -> bool:
    """Lengthen what is covered by *window*, if it touches."""
    first, last = after.get(window.covers, (window.start, window.end))
    touches = window.start <= last + DAY and first <= window.end + DAY
    if touches:
        after[window.covers] = min(first, window.start), max(last, window.end)
    return touches
