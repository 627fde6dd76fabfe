"""Storing what a fetch gathered: records, log entry and ledger in one change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from healthrelay.core.errors import TooLarge, TryLater
from healthrelay.core.measurements.ledger import MORE_TO_COME
from healthrelay.core.measurements.reading import Delta, select
from healthrelay.core.measurements.removal import Reading, compare
from healthrelay.core.measurements.settling import DaysRead, after_failure, after_reading
from healthrelay.core.measurements.syncs import with_devices
from healthrelay.core.measurements.units import METRIC
from healthrelay.core.measurements.wanted import TURNS, after_logs, after_retries

if TYPE_CHECKING:
    from healthrelay.core.errors import OddDays
    from healthrelay.core.measurements.days import Moment
    from healthrelay.core.measurements.ledger import Ledger
    from healthrelay.core.measurements.reading import Window
    from healthrelay.core.measurements.records import Record
    from healthrelay.flows.measurements.gather import Gathered
    from healthrelay.ports.peers import LogEvent
    from healthrelay.ports.store import Records


def store_changes(  # noqa: PLR0913 - what was read, what is known, and the ports by name
    user: str,
    gathered: Gathered,
    ledger: Ledger,
    moment: Moment,
    system: str,
    *,
    records: Records,
    log_event: LogEvent,
) -> Delta:
    """Store what was *gathered* in one change, or in several where the store takes no more.

    The *ledger* is written also when nothing is new: it says when we read last. *system* is the
    household's unit system.
    """
    ledger = _after_fetch(ledger, gathered, moment)
    ledger = _name_silent_devices(user, ledger, moment, log_event)
    waiting: list[tuple[Sequence[Window], Sequence[Record]]] = [(gathered.read, gathered.records)]
    stored = Delta()
    while waiting:
        windows, read = waiting.pop(0)
        known = records.within(user, windows)
        incoming = _incoming(known, read, windows, gathered, ledger.units)
        compared = compare(
            known, incoming, ledger.marks, _reading(windows, gathered, ledger, moment, system)
        )
        reading = _days_read(known, incoming, compared.delta, gathered.odd)
        marked = ledger._replace(marks=compared.marks)
        after = after_reading(marked, windows, reading, moment)
        try:
            records.apply(user, compared.delta, moment.now, ledger=after)
        except TooLarge:
            halves = _halves(windows)
            if not halves:
                raise
            waiting = [*((half, select(read, half)) for half in halves), *waiting]
            continue
        ledger = after
        stored = Delta(*(one + more for one, more in zip(stored, compared.delta, strict=True)))
    return stored


def _reading(
    windows: Sequence[Window], gathered: Gathered, ledger: Ledger, moment: Moment, system: str
) -> Reading:
    day = moment.day.isoformat()
    replaced, unsure = gathered.replaced, gathered.unsure
    origin, units = gathered.origin, ledger.units
    return Reading(windows, origin, moment.now, day, replaced, units, system, unsure)


def _after_fetch(ledger: Ledger, gathered: Gathered, moment: Moment) -> Ledger:
    """Return the ledger with when this fetch was, what it met, and when devices synced."""
    causes = {s: e.cause for s, e in gathered.failed.items() if e.cause != MORE_TO_COME}
    passing = {s for s, error in gathered.failed.items() if isinstance(error, TryLater)}
    turn = (ledger.turn + 1) % TURNS
    ledger = ledger._replace(outcome=next(iter(causes.values()), ""), turn=turn)
    if gathered.read:
        ledger = ledger._replace(read_at=moment.now.isoformat(timespec="seconds"))
        ledger = after_retries(ledger, (*gathered.read, *gathered.missed), moment.day)
    if not passing:
        # What cannot be read at all is waited for no longer.
        read = [window for window in gathered.read if window.series not in gathered.failed]
        configured = set(gathered.configured) - gathered.failed.keys()
        ledger = after_logs(ledger, read, moment.day, configured)
    ledger = with_devices(ledger, gathered.devices, moment.civil)
    return after_failure(ledger, gathered.missed, causes, passing)


def _name_silent_devices(user: str, ledger: Ledger, moment: Moment, log_event: LogEvent) -> Ledger:
    """Say once of each device that it is waited for no more."""
    devices = dict(ledger.devices)
    for key, device in ledger.devices.items():
        if not device.named and device.synced and ledger.is_silent(device, moment.civil):
            log_event("WARNING", "silent device", user=user, since=device.synced[:10])
            devices[key] = device._replace(named=True)
    return ledger._replace(devices=devices)


def _days_read(
    known: Sequence[Record], incoming: Sequence[Record], delta: Delta, odd: OddDays
) -> DaysRead:
    """Return what a reading says of days: of which something is stored now, and what changed."""
    gone = {record.name for record in delta.removed}
    kept = [record for record in known if record.name not in gone]
    changed = _days_of((*delta.added, *delta.changed, *delta.removed))
    return DaysRead(_days_of((*kept, *incoming)), changed, odd)


def _days_of(records: Iterable[Record]) -> set[tuple[str, str]]:
    return {(record.series, record.when[:10]) for record in records}


def _incoming(
    known: Sequence[Record],
    read: Sequence[Record],
    windows: Sequence[Window],
    gathered: Gathered,
    units: str,
) -> Sequence[Record]:
    """Return what was *read* of *windows*, with what only the store knows of the same records."""
    if not gathered.unsure and not any(window.hours for window in windows):
        return read
    known = _in_metric(known, read, units)
    if any(window.hours for window in windows):
        from healthrelay.core.measurements.hours import pieced  # noqa: PLC0415 - most want days

        read = pieced(known, read, windows)
    if not gathered.unsure:
        return read
    from healthrelay.core.measurements.odd_days import keep_members  # noqa: PLC0415 - rarely any

    # What had the name of another record before is none of its members.
    others = [record for record in known if record.name not in gathered.replaced]
    return keep_members(others, read, gathered.unsure)


def _in_metric(known: Sequence[Record], read: Sequence[Record], units: str) -> Sequence[Record]:
    """Return *known*, with what an earlier version stored in the units of what was *read* again."""
    if units in ("", METRIC):
        return known
    from healthrelay.core.measurements.presentation import present  # noqa: PLC0415 - hardly ever

    again = {record.name for record in read}
    return [
        r._replace(data=present(r, METRIC, units)) if not r.origin and r.name in again else r
        for r in known
    ]


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
