"""What a fetch reads from a provider, decided once: the fewest requests, the most wanted first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import HealthrelayError, ReconnectNeeded, Unsupported
from healthrelay.core.measurements.catalogue import EPOCH, SERIES, Kind
from healthrelay.core.measurements.days import CONTINUED_ON
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.reads import Read, Source, pack

if TYPE_CHECKING:
    from healthrelay.core.measurements.days import Moment
    from healthrelay.core.measurements.query import FetchRequest


DEVICES = "devices"


class Plan(NamedTuple):
    """What is read, in that order, which windows the answers fill, and why not the others."""

    reads: tuple[Read, ...]
    windows: tuple[Window, ...]
    refused: Mapping[str, HealthrelayError]
    """By series."""
    devices: tuple[Window, ...] = ()
    """The window of the devices, whose syncs the ledger needs; nothing where they are not given."""


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
    watched = device_sources(missing, needs) if devices and _shows_syncs(sources) else {}
    return Plan(pack({**sources, **watched}, ledger), tuple(sources), refused, tuple(watched))


def device_sources(missing: Callable[[str], str], needs: Needs) -> dict[Window, tuple[Source, ...]]:
    """Return what must be read to know when devices synced; nothing where that is not given."""
    window = Window(DEVICES, EPOCH, EPOCH)
    try:
        return {} if missing(DEVICES) else {window: needs(window)}
    except Unsupported:
        return {}


def _shows_syncs(windows: Iterable[Window]) -> bool:
    """Return whether the ledger has to know of syncs once *windows* were read."""
    return any(
        window.series == DEVICES or SERIES[window.series].kind is not Kind.STATE
        for window in windows
    )


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
