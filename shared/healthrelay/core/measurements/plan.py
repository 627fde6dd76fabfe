"""From windows to the fewest things to ask a provider for, the most wanted first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.measurements.coverage import distance, rank
from healthrelay.core.measurements.records import Window

if TYPE_CHECKING:
    from healthrelay.core.measurements.coverage import Coverage, Span


class Source(NamedTuple):
    """Something that a provider can be asked for, in the provider's own words.

    *days* is the longest range of one request (None: no limit). What is not *dated*, such
    as a body height, is asked for once.
    """

    name: str
    days: int | None = None
    dated: bool = True

    def calls(self, start: date, end: date) -> int:
        """How many requests the days *start* to *end* take."""
        return 1 if self.days is None else -(-((end - start).days + 1) // self.days)


class Read(NamedTuple):
    """One request for *source* over the days *start* to *end*, both included."""

    source: str
    start: date
    end: date


class Plan(NamedTuple):
    """What will be asked, in that order, and which windows the answers fill."""

    reads: tuple[Read, ...]
    windows: tuple[Window, ...]


Needs = Callable[[Window], tuple[Source, ...]]


def plan(windows: Iterable[Window], needs: Needs, covered: Coverage | None = None) -> Plan:
    """Cover every source that *windows* need, once, in requests no longer than its limit.

    Several series share a source (weight and BMI both need the scale): it is read once
    over the days that any of them wants. The last days of everything come first, then those
    that are not *covered* yet, source by source and from the covered ones (or else the newest)
    outwards, at last what is read again: a fetch that a quota breaks off has not read in vain.
    """
    windows = tuple(windows)
    wanted: dict[Source, list[Window]] = {}
    for window in windows:
        for source in needs(window):
            wanted.setdefault(source, []).append(window)
    ranked = []
    for place, (source, users) in enumerate(wanted.items()):
        reads = [read for span in _joined(source, users) for read in _cut(source, *span)]
        ranked += [(_place(read, users, covered or {}, place), read) for read in reads]
    return Plan(tuple(read for _, read in sorted(ranked)), windows)


def _place(read: Read, users: list[Window], covered: Coverage, place: int) -> tuple[int, int, int]:
    """Where *read*, of the source at *place*, stands in the order."""
    span = read.start, read.end
    met = [window for window in users if read.start <= window.end and window.start <= read.end]
    most = min(rank(window, *span, covered) for window in met)
    return most, place, min(distance(window, *span, covered) for window in met)


def _joined(source: Source, users: list[Window]) -> list[Span]:
    """The spans to read, made one wherever that takes no more requests."""
    spans: list[Span] = []
    for start, end in sorted((window.start, window.end) for window in users):
        if spans:
            first, last = spans[-1]
            both = first, max(last, end)
            if source.calls(*both) <= source.calls(first, last) + source.calls(start, end):
                spans[-1] = both
                continue
        spans.append((start, end))
    return spans


def _cut(source: Source, start: date, end: date) -> list[Read]:
    if source.days is None:
        return [Read(source.name, start, end)]
    reads = []
    while start <= end:
        last = min(end, start + timedelta(days=source.days - 1))
        reads.append(Read(source.name, start, last))
        start = last + timedelta(days=1)
    return reads
