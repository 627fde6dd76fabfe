"""What a fetch reads from a provider, decided once: the fewest requests, the most wanted first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import HealthrelayError, ReconnectNeeded, Unsupported
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.days import CONTINUED_ON
from healthrelay.core.measurements.records import Coverage, Span, Window

if TYPE_CHECKING:
    from healthrelay.core.measurements.query import FetchRequest


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


class Plan(NamedTuple):
    """What is read, in that order, which windows the answers fill, and why not the others."""

    reads: tuple[Read, ...]
    windows: tuple[Window, ...]
    refused: Mapping[str, HealthrelayError]
    """By series."""


class Rank(IntEnum):
    """How much the days of a window are wanted."""

    LATEST = 0
    """The last days, in which values still arrive."""
    NEW = 1
    AGAIN = 2
    """Read before, and probably as they were."""


Needs = Callable[[Window], tuple[Source, ...]]
"""What must be read from a provider to fill a window. Raises `Unsupported`."""


def decide(
    request: FetchRequest,
    settings: Mapping[str, str],
    covered: Coverage,
    missing: Callable[[str], str],
    needs: Needs,
    day: date,
) -> Plan:
    """Return the plan for what provider and consent allow of *request* on the wearer's *day*.

    *missing* says in plain words what the consent does not give of what a series needs. Days
    that nobody named are read again only where they may have changed since they were *covered*.
    Raises `BadRequest` for words that *settings* or the *day* make wrong.
    """
    from healthrelay.core.measurements import query  # noqa: PLC0415 - a consent needs no words

    wanted = _of_this_account(query.windows(request.query, settings, day), settings)
    if not _names_days(request.query, settings):
        wanted = [part for window in wanted for part in unattended(window, covered)]
    sources: dict[Window, tuple[Source, ...]] = {}
    refused: dict[str, HealthrelayError] = {}
    for window in wanted:
        try:
            needed = needs(window)
        except Unsupported as error:
            refused[window.series] = error
            continue
        if scopes := missing(window.series):
            configured = window.series in query.configured_series(settings)
            refused[window.series] = _withheld_error(scopes, configured)
        else:
            sources[window] = needed
    return Plan(pack(sources, covered), tuple(sources), refused)


def _of_this_account(windows: list[Window], settings: Mapping[str, str]) -> list[Window]:
    """Return the *windows* without the days that an earlier account of the same wearer measured."""
    if CONTINUED_ON not in settings:
        return windows
    first = date.fromisoformat(settings[CONTINUED_ON])
    later = [window._replace(start=max(window.start, first)) for window in windows]
    return [
        window if SERIES[window.series].kind is Kind.STATE else clipped
        for window, clipped in zip(windows, later, strict=True)
        if SERIES[window.series].kind is Kind.STATE or clipped.start <= clipped.end
    ]


def _names_days(query: Mapping[str, str], settings: Mapping[str, str]) -> bool:
    """Whether somebody named days: then they are read whole, whatever was read before."""
    from healthrelay.core.measurements.methods import DAY  # noqa: PLC0415 - as above

    return bool(query.keys() & DAY) or "base_date" in settings or "end_date" in settings


def _withheld_error(scopes: str, configured: bool) -> HealthrelayError:
    """Return why a series is left out; a consent covers what the settings need, and no more."""
    first = "" if configured else "add the method to the person's settings, "
    return ReconnectNeeded(
        f"The consent does not cover {scopes}: {first}connect again and allow it."
    ).with_cause("scope_missing")


def unattended(window: Window, covered: Coverage) -> tuple[Window, ...]:
    """Return what to read of *window* when nobody named its dates.

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
    return window._replace(end=first - timedelta(days=1)), recent


def pack(sources: Mapping[Window, Sequence[Source]], covered: Coverage) -> tuple[Read, ...]:
    """Return the reads that cover every source of every window, none longer than its limit.

    Several series share a source (weight and BMI both need the scale): it is read once
    over the days that any of them wants. The last days of everything come first, then those
    that are not *covered* yet, source by source and from the covered ones (or else the newest)
    outwards, at last what is read again: a fetch that a quota breaks off has not read in vain.
    """
    wanted: dict[Source, list[Window]] = {}
    for window, needed in sources.items():
        for source in needed:
            wanted.setdefault(source, []).append(window)
    ranked = []
    for place, (source, users) in enumerate(wanted.items()):
        reads = [read for span in _join_spans(source, users) for read in _cut_span(source, *span)]
        ranked += [(_order(read, users, covered, place), read) for read in reads]
    return tuple(read for _, read in sorted(ranked))


def _order(read: Read, users: Iterable[Window], covered: Coverage, place: int) -> tuple[int, ...]:
    """Where *read*, of the source at *place*, stands in the order."""
    met = [window for window in users if read.start <= window.end and window.start <= read.end]
    most = min(_rank(window, read, covered) for window in met)
    return most, place, min(_distance(window, read, covered) for window in met)


def _rank(window: Window, read: Read, covered: Coverage) -> Rank:
    """How much *window* wants its days of *read*."""
    if read.end > window.end - timedelta(days=SERIES[window.series].late):
        return Rank.LATEST
    if window.covers not in covered:
        return Rank.NEW
    first, last = covered[window.covers]
    whole = first <= max(read.start, window.start) and min(read.end, window.end) <= last
    return Rank.AGAIN if whole else Rank.NEW


def _distance(window: Window, read: Read, covered: Coverage) -> int:
    """How many days *read* lies from what is covered, or else from the window's end."""
    first, last = covered.get(window.covers, (window.end, window.end))
    return max(0, (first - read.end).days, (read.start - last).days)


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
