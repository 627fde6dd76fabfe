"""Comparing what was read with what is known, and storing the difference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from healthrelay.core.errors import TooLarge
from healthrelay.core.measurements.records import Delta, diff, extend_coverage, reaches_back, select

if TYPE_CHECKING:
    from healthrelay.core.measurements.records import Coverage, Record, Window
    from healthrelay.flows.measurements.gather import Gathered
    from healthrelay.ports.store import Records


def store_changes(
    user: str, gathered: Gathered, covered: Coverage, records: Records, now: datetime
) -> Delta:
    """Store what was *gathered* in one change, or in several where the store takes no more.

    What was *covered* before is stored again with every change, and for days without data where
    each fetch would otherwise read them again.
    """
    waiting = [gathered.read]
    stored = Delta()
    while waiting:
        windows = waiting.pop(0)
        known = records.within(user, windows)
        delta = diff(known, _incoming(known, gathered.records, windows))
        after = extend_coverage(covered, windows)
        moved = after != covered and (gathered.broken_off or reaches_back(covered, after))
        if not any(delta) and not moved:
            continue
        try:
            records.apply(user, delta, now, after)
        except TooLarge:
            halves = _halves(windows)
            if not halves:
                raise
            waiting = [*halves, *waiting]
            continue
        covered = after
        stored = Delta(*(one + more for one, more in zip(stored, delta, strict=True)))
    return stored


def _incoming(
    known: Sequence[Record], gathered: Sequence[Record], windows: Sequence[Window]
) -> Sequence[Record]:
    incoming = select(gathered, windows)
    if any(window.hours for window in windows):
        from healthrelay.core.measurements.hours import pieced  # noqa: PLC0415 - most want days

        return pieced(known, incoming, windows)
    return incoming


def _halves(windows: Sequence[Window]) -> list[tuple[Window, ...]]:
    """Return the newer half first: what is covered grows from there. A single day has no halves."""
    ordered = sorted(windows, key=lambda window: window.end, reverse=True)
    if len(ordered) > 1:
        middle = len(ordered) // 2
        return [tuple(ordered[:middle]), tuple(ordered[middle:])]
    (window,) = ordered
    if window.start == window.end:
        return []
    middle_day = window.start + (window.end - window.start) // 2
    later = window._replace(start=middle_day + timedelta(days=1))
    return [(later,), (window._replace(end=middle_day),)]
