"""Which days of each series have been read whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.core.measurements.records import Window

Span = tuple[date, date]
Coverage = Mapping[str, Span]
"""Series (`Window.covers`) → the first and last day of one stretch without a hole."""

DAY = timedelta(days=1)


def without(window: Window, gaps: Iterable[Span]) -> list[Window]:
    """Return the stretches of *window* that lie outside all *gaps*."""
    stretches, start = [], window.start
    for first, last in sorted(gaps):
        if start < first:
            stretches.append(window._replace(start=start, end=min(window.end, first - DAY)))
        start = max(start, last + DAY)
        if start > window.end:
            return stretches
    return [*stretches, window._replace(start=start)]


def extend_coverage(covered: Coverage, read: Iterable[Window]) -> dict[str, Span]:
    """Return *covered* with the windows that were *read* whole.

    A stretch apart from what is covered is not taken in: the hole between would look read.
    Where nothing is covered yet the newest stretch is the first.
    """
    after = dict(covered)
    waiting = sorted(read, key=lambda window: window.end, reverse=True)
    while waiting:
        apart = [window for window in waiting if not _lengthen(after, window)]
        if len(apart) == len(waiting):
            break
        waiting = apart
    return after


def reaches_back(before: Coverage, after: Coverage) -> bool:
    """Return whether *after* begins earlier: otherwise each fetch reads those days."""
    return any(name not in before or first < before[name][0] for name, (first, _) in after.items())


def _lengthen(after: dict[str, Span], window: Window) -> bool:
    """Lengthen what is covered by *window*, if it touches."""
    first, last = after.get(window.covers, (window.start, window.end))
    touches = window.start <= last + DAY and first <= window.end + DAY
    if touches:
        after[window.covers] = min(first, window.start), max(last, window.end)
    return touches
