"""What a fetch reads from a provider, decided once: the fewest requests, the most wanted first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import HealthrelayError, ReconnectNeeded, Unsupported
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.days import CONTINUED_ON, EPOCH
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.records import Span, Window

if TYPE_CHECKING:
    from healthrelay.core.measurements.days import Moment
    from healthrelay.core.measurements.query import FetchRequest


DEVICES = "devices"
LATEST_DAYS = 3


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
    devices: tuple[Window, ...] = ()
    """The window of the devices, whose syncs the ledger needs; nothing where they are not given."""


class Rank(IntEnum):
    """How much the days of a window are wanted."""

    LATEST = 0
    """The last days: what people look at first."""
    NEW = 1
    AGAIN = 2
    """Read before, and probably as they were."""


Needs = Callable[[Window], tuple[Source, ...]]
"""What must be read from a provider to fill a window. Raises `Unsupported`."""


def decide(  # noqa: PLR0913 - everything that the plan depends on
    request: FetchRequest,
    settings: Mapping[str, str],
    ledger: Ledger,
    missing: Callable[[str], str],
    needs: Needs,
    moment: Moment,
    *,
    devices: bool = True,
) -> Plan:
    """Return the plan for what provider and consent allow of *request* at *moment*.

    *missing* says in plain words what the consent does not give of what a series needs. Days
    that somebody named are read whole, whatever was read before; otherwise what is read again
    is decided by `wanted`. *devices*: whether their syncs are to be read, too.
    Raises `BadRequest` for words that *settings* or the wearer's day make wrong.
    """
    from healthrelay.core.measurements import query  # noqa: PLC0415 - a consent needs no words

    named = _names_days(request.query, settings)
    sources: dict[Window, tuple[Source, ...]] = {}
    refused: dict[str, HealthrelayError] = {}
    for window in query.windows(request.query, settings, moment.day):
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
    if not named:
        from healthrelay.core.measurements.wanted import wanted  # noqa: PLC0415 - as above

        sources = wanted(sources, ledger, moment)
    sources = _of_this_account(sources, settings)
    watched = device_sources(missing, needs) if devices and _is_dated(sources) else {}
    return Plan(pack({**sources, **watched}, ledger), tuple(sources), refused, tuple(watched))


def device_sources(missing: Callable[[str], str], needs: Needs) -> dict[Window, tuple[Source, ...]]:
    """Return what must be read to know when devices synced; nothing where that is not given."""
    window = Window(DEVICES, EPOCH, EPOCH)
    try:
        return {} if missing(DEVICES) else {window: needs(window)}
    except Unsupported:
        return {}


def _is_dated(windows: Iterable[Window]) -> bool:
    return any(SERIES[window.series].kind is not Kind.STATE for window in windows)


def _of_this_account(
    sources: Mapping[Window, tuple[Source, ...]], settings: Mapping[str, str]
) -> dict[Window, tuple[Source, ...]]:
    """Return *sources* without the days that an earlier account of the same wearer measured."""
    if CONTINUED_ON not in settings:
        return dict(sources)
    first = date.fromisoformat(settings[CONTINUED_ON])
    clipped = {}
    for window, needed in sources.items():
        if SERIES[window.series].kind is not Kind.STATE:
            window = window._replace(start=max(window.start, first))
        if window.start <= window.end:
            clipped[window] = needed
    return clipped


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
    whole = known.start <= max(read.start, window.start) and min(read.end, window.end) <= known.end
    return Rank.AGAIN if whole else Rank.NEW


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
