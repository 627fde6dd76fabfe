"""Which days of a series have been read whole, and what an unattended fetch still needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from healthrelay.core.catalogue import SERIES, Kind

if TYPE_CHECKING:
    from healthrelay.core.records import Window

Span = tuple[date, date]
Coverage = Mapping[str, Span]
"""Series → the first and last day of one stretch without a hole."""


def unattended(window: Window, covered: Coverage) -> Window:
    """What to read of *window* when nobody named its dates.

    Days that were read before are left out but for the last few, in which late values and
    corrections arrive. A hole since the last reading is filled, even one that is longer than
    the window. Days before what is covered are wanted history: then all of it is read.
    """
    row = SERIES[window.series]
    if row.kind is Kind.STATE or window.series not in covered:
        return window
    first, last = covered[window.series]
    if window.start < first:
        return window
    return window._replace(start=max(first, min(last, window.end) - timedelta(days=row.late - 1)))


def merged(covered: Coverage, read: Iterable[Window]) -> dict[str, Span]:
    """*covered* with the windows that were *read* whole.

    A stretch apart from what is covered is not taken in: the hole between would look read.
    """
    after = dict(covered)
    for window in read:
        first, last = after.get(window.series, (window.start, window.end))
        touches = window.start <= last + timedelta(days=1) and first <= window.end + timedelta(1)
        if touches:
            after[window.series] = min(first, window.start), max(last, window.end)
    return after
