"""From windows to the fewest things to ask a provider for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from healthrelay.core.records import Window


class Source(NamedTuple):
    """Something that a provider can be asked for, in the provider's own words.

    *days* is the longest range of one request (None: no limit). What is not *dated*, such
    as a body height, is asked for once.
    """

    name: str
    days: int | None = None
    dated: bool = True


class Read(NamedTuple):
    """One request for *source* over the days *start* to *end*, both included."""

    source: str
    start: date
    end: date


class Plan(NamedTuple):
    """What will be asked, and which windows the answers fill."""

    reads: tuple[Read, ...]
    windows: tuple[Window, ...]


Needs = Callable[[Window], tuple[Source, ...]]


def plan(windows: Iterable[Window], needs: Needs) -> Plan:
    """Cover every source that *windows* need, once, in requests no longer than its limit.

    Several series share a source (weight and BMI both need the scale): it is read once
    over the days that any of them wants.
    """
    windows = tuple(windows)
    spans: dict[Source, tuple[date, date]] = {}
    for window in windows:
        for source in needs(window):
            start, end = spans.get(source, (window.start, window.end))
            spans[source] = (min(start, window.start), max(end, window.end))
    return Plan(
        tuple(read for source, span in spans.items() for read in _cut(source, *span)), windows
    )


def _cut(source: Source, start: date, end: date) -> list[Read]:
    if not source.dated or source.days is None:
        return [Read(source.name, start, end)]
    reads = []
    while start <= end:
        last = min(end, start + timedelta(days=source.days - 1))
        reads.append(Read(source.name, start, last))
        start = last + timedelta(days=1)
    return reads
