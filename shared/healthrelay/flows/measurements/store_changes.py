"""Comparing what was read with what is known, and keeping the difference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from healthrelay.core.errors import TooLarge
from healthrelay.core.measurements.coverage import longer, merged
from healthrelay.core.measurements.hours import pieced
from healthrelay.core.measurements.records import Delta, Record, Window, diff

if TYPE_CHECKING:
    from healthrelay.core.measurements.coverage import Coverage
    from healthrelay.flows.measurements.gather import Gathered
    from healthrelay.ports.store import Records


class Keeper:
    """Keeps what was *gathered* for one person; what was *covered* before decides what is noted."""

    def __init__(self, user: str, covered: Coverage, gathered: Gathered, records: Records) -> None:
        self._user = user
        self._covered = covered
        self._gathered = gathered
        self._records = records

    def keep(self, now: datetime) -> Delta:
        """Everything in one change, or in several where that is more than the store takes."""
        return self._keep(self._gathered.read, now)

    def _keep(self, windows: Sequence[Window], now: datetime) -> Delta:
        known = self._records.within(self._user, windows)
        delta = diff(known, pieced(known, self._within(windows), windows))
        after = merged(self._covered, windows)
        # Days without data are noted too, where else they would be read again and again.
        moved = self._gathered.broken_off and after != self._covered
        noted = delta or moved or longer(self._covered, after)
        try:
            self._records.apply(self._user, delta, now, after if noted else None)
        except TooLarge:
            halves = _halved(windows)
            if not halves:
                raise
            parts = [self._keep(half, now) for half in halves]
            return Delta(*(sum(each, ()) for each in zip(*parts, strict=True)))
        if noted:
            self._covered = after
        return delta

    def _within(self, windows: Sequence[Window]) -> list[Record]:
        by_series: dict[str, list[Window]] = {}
        for window in windows:
            by_series.setdefault(window.series, []).append(window)
        return [
            record
            for record in self._gathered.records
            if any(window.holds(record) for window in by_series.get(record.series, ()))
        ]


def _halved(windows: Sequence[Window]) -> list[list[Window]]:
    """The newer half first, so that what is covered grows from there; nothing of a single day."""
    ordered = sorted(windows, key=lambda window: window.end, reverse=True)
    if len(ordered) > 1:
        middle = len(ordered) // 2
        return [ordered[:middle], ordered[middle:]]
    (window,) = ordered
    if window.start == window.end:
        return []
    middle_day = window.start + (window.end - window.start) // 2
    later = window._replace(start=middle_day + timedelta(days=1))
    return [[later], [window._replace(end=middle_day)]]
