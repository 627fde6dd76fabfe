"""What a fetch reads from a provider, decided once: the fewest requests, the most wanted first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import HealthrelayError, ReconnectNeeded, Unsupported
from healthrelay.core.measurements.catalogue import EPOCH, SERIES, Kind
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.reads import Read, Source, pack

if TYPE_CHECKING:
    from datetime import date

    from healthrelay.core.measurements.days import Moment
    from healthrelay.core.measurements.query import Selection


DEVICES = "devices"


class Plan(NamedTuple):
    """What is read, in that order, which windows the answers fill, and why not the others."""

    reads: tuple[Read, ...]
    windows: tuple[Window, ...]
    refused: Mapping[str, HealthrelayError]
    """By series."""
    devices: tuple[Window, ...] = ()
    """The window of the devices, whose syncs the ledger needs; nothing where they are not given."""
    configured: Collection[str] = ()
    """The series that the settings name, but for those that are refused."""


Needs = Callable[[Window], tuple[Source, ...]]
"""What must be read from a provider to fill a window. Raises `Unsupported`."""


def decide(
    selection: Selection,
    ledger: Ledger,
    missing: Callable[[str], str],
    needs: Needs,
    moment: Moment,
    *,
    devices: bool = True,
) -> Plan:
    """Return the plan for what provider and consent allow of *selection* at *moment*.

    *missing* says in plain words what the consent does not give of what a series needs. Unless
    somebody named days, what is read again is decided by `wanted`. *devices*: whether their syncs
    are to be read, too.
    """
    sources: dict[Window, tuple[Source, ...]] = {}
    refused: dict[str, HealthrelayError] = {}
    for window in selection.windows:
        try:
            needed = needs(window)
        except Unsupported as error:
            refused[window.series] = error
            continue
        if scopes := missing(window.series):
            refused[window.series] = _withheld_error(scopes, window.series in selection.configured)
        else:
            sources[window] = needed
    if not selection.names_days:
        from healthrelay.core.measurements.wanted import wanted  # noqa: PLC0415 - a consent needs none

        sources = wanted(sources, ledger, moment)
    sources = _since(selection.first_day, sources)
    watched = device_sources(missing, needs) if devices and _shows_syncs(sources) else {}
    reads, configured = pack({**sources, **watched}, ledger), selection.configured - refused.keys()
    return Plan(reads, tuple(sources), refused, tuple(watched), configured)


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


def _since(
    first: date, sources: Mapping[Window, tuple[Source, ...]]
) -> dict[Window, tuple[Source, ...]]:
    """Return *sources* without the days before the *first*."""
    clipped = {}
    for window, needed in sources.items():
        if SERIES[window.series].kind is not Kind.STATE:
            window = window._replace(start=max(window.start, first))
        if window.start <= window.end:
            clipped[window] = needed
    return clipped


def _withheld_error(scopes: str, configured: bool) -> HealthrelayError:
    """Return why a series is left out; a consent covers what the settings need, and no more."""
    first = "" if configured else "add the method to the person's settings, "
    return ReconnectNeeded(
        f"The consent does not cover {scopes}: {first}connect again and allow it."
    ).with_cause("scope_missing")
