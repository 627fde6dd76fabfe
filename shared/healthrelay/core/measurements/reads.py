"""Windows become requests: the fewest, the most wanted first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import IntEnum
from typing import NamedTuple

from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import Window

Span = tuple[date, date]
LATEST_DAYS = 3
DAY = timedelta(days=1)


class Source(NamedTuple):
    """Something that can be read from a provider, in the provider's own words.

    *days* is the longest range of one request (None: no limit). What is not *dated*, such
    as a body height, is read once.
    """

    name: str
    days: int | None = None
    dated: bool = True

    def calls(self, start: date, end: date) -> int:
        """Return how many requests the days *start* to *end* take."""
        return 1 if self.days is None else -(-((end - start).days + 1) // self.days)


class Read(NamedTuple):
    """One request for *source* over the days *start* to *end*, both included."""

    source: str
    start: date
    end: date


class Rank(IntEnum):
    """How much the days of a window are wanted."""

    LATEST = 0
    """The last days: what people look at first."""
    NEW = 1
    AGAIN = 2
    """Read before, and probably as they were."""


def pack(sources: Mapping[Window, Sequence[Source]], ledger: Ledger) -> tuple[Read, ...]:
    """Return the reads that cover every source of every window, none longer than its limit.

    Several series share a source (weight and BMI both need the scale): it is read once
    over the days that any of them wants. The last days of everything come first, then those
    that were never read, source by source and from the known ones (or else the newest)
    outwards, at last what is read again: a fetch that a quota breaks off has not read in vain.
    """
    wanted: dict[Source, list[Window]] = {}
    for window, needed in sources.items():
        for source in needed:
            wanted.setdefault(source, []).append(window)
    ranked = []
    for place, (source, users) in enumerate(wanted.items()):
        reads = [read for span in _join_spans(source, users) for read in _cut_span(source, *span)]
        ranked += [(_order(read, users, ledger, place), read) for read in reads]
    return tuple(read for _, read in sorted(ranked))


def count_calls(sources: Mapping[Window, Sequence[Source]]) -> int:
    """Return how many requests the windows of *sources* take together."""
    return len(pack(sources, Ledger()))


def _order(read: Read, users: Iterable[Window], ledger: Ledger, place: int) -> tuple[int, ...]:
    """Where *read*, of the source at *place*, stands in the order."""
    met = [window for window in users if read.start <= window.end and window.start <= read.end]
    newest = max(window.end for window in users)
    most = min(_rank(window, read, ledger, newest) for window in met)
    return most, place, min(_distance(window, read, ledger) for window in met)


def _rank(window: Window, read: Read, ledger: Ledger, newest: date) -> Rank:
    """How much *window*, of a source that is read up to *newest*, wants its days of *read*."""
    if read.end > newest - timedelta(days=LATEST_DAYS):
        return Rank.LATEST
    known = ledger.days.get(window.covers)
    if known is None:
        return Rank.NEW
    first, last = max(read.start, window.start), min(read.end, window.end)
    return Rank.AGAIN if known.were_read(first, last) else Rank.NEW


def _distance(window: Window, read: Read, ledger: Ledger) -> int:
    """How many days *read* lies from what is known, or else from the window's end."""
    known = ledger.days.get(window.covers)
    first, last = (known.start, known.end) if known else (window.end, window.end)
    # What is known is read again from the newest on.
    inside = (last - read.end).days if first <= read.end <= last else 0
    return max(inside, (first - read.end).days, (read.start - last).days)


def _join_spans(source: Source, users: Iterable[Window]) -> list[Span]:
    """Return the spans to read, made one wherever that takes no more requests."""
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


def _cut_span(source: Source, start: date, end: date) -> list[Read]:
    if source.days is None:
        return [Read(source.name, start, end)]
    reads = []
    while start <= end:
        last = min(end, start + timedelta(days=source.days - 1))
        reads.append(Read(source.name, start, last))
        start = last + timedelta(days=1)
    return reads


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
