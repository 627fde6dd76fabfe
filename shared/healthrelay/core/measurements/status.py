"""How a person's measurements are: what was read, which days may still change, what is waited for.

These are figures of the ledger alone, ready for a calendar; no measured value is among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from healthrelay.core.json import Json
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.days import Moment
from healthrelay.core.measurements.ledger import (
    MORE_TO_COME,
    WATCHED_DAYS,
    Days,
    Device,
    Ledger,
    State,
)
from healthrelay.core.measurements.reading import Window

PASSING = frozenset({MORE_TO_COME, "try_later", "rate_limited", "unconfirmed", "conflict"})
"""Causes that time alone heals; any other lasts until somebody acts."""
LEGEND: Mapping[str, str] = {state.value: state.name.lower() for state in State}
"""The letter of a day in JSON → what it stands for."""


class SeriesStatus(NamedTuple):
    """The days of one series, without a hole up to the last one that is wanted."""

    days: Days
    waits_for: frozenset[str] = frozenset()
    """The kinds of devices that must sync before a day settles; none: it takes 31 days."""
    configured: bool = True
    """Whether fetches read it; the days of another stay as they are."""
    cause: str = ""
    """Of its failed days; empty when none failed."""
    missing: int = 0
    """Records that the provider no longer gives and that are looked for once more."""

    def count(self, state: State) -> int:
        return self.days.states.count(state.value)

    def as_json(self) -> dict[str, Json]:
        """Return the first and the last day, a letter for each from the first on, and counts."""
        document: dict[str, Json] = {
            "first": self.days.start.isoformat(),
            "last": self.days.end.isoformat(),
            "states": self.days.states,
            **{state.name.lower(): self.count(state) for state in State},
            "missing": self.missing,
        }
        return document | ({"cause": self.cause} if self.cause else {})


class PersonStatus(NamedTuple):
    """All series of a person, when they were read, and what is waited for."""

    moment: Moment
    zone: str = ""
    """Whose clocks show the moment; empty where nobody knows."""
    read_at: datetime | None = None
    """When something was last read; None where nothing was, or by an earlier version."""
    outcome: str = ""
    """The cause of what stood in the way of the last fetch; empty when nothing did."""
    devices: tuple[Device, ...] = ()
    silent: tuple[Device, ...] = ()
    """Devices that are left out: no day waits for them."""
    series: Mapping[str, SeriesStatus] = {}
    missing: Mapping[str, int] = {}
    """Series → records that the provider no longer gives and that are looked for once more."""

    @property
    def _read(self) -> list[SeriesStatus]:
        """Those that fetches read."""
        return [one for one in self.series.values() if one.configured]

    @property
    def first_recent(self) -> date:
        """The first of the days that may be open because of their age alone."""
        return self.moment.day - timedelta(days=WATCHED_DAYS)

    def open_days_of(self, kind: str) -> set[date]:
        """Return the recent days that are open in what waits for devices of *kind*.

        With an empty *kind*, in what waits for none.
        """
        waiting = [one for one in self._read if kind in (one.waits_for or {""})]
        return _find_days(State.OPEN, waiting, self.first_recent)

    @property
    def open_days(self) -> set[date]:
        """The recent days that wait for a device; if none is waited for, all that are open.

        What waits for no device is open for 31 days in any case, which nobody need know.
        """
        kinds = {kind for one in self._read for kind in one.waits_for} or {""}
        return {day for kind in kinds for day in self.open_days_of(kind)}

    @property
    def waiting_days(self) -> set[date]:
        """The open days from before the recent ones: a few are read again by each fetch."""
        return {d for d in _find_days(State.OPEN, self._read) if d < self.first_recent}

    @property
    def failed_days(self) -> set[date]:
        return _find_days(State.FAILED, self._read)

    @property
    def causes(self) -> dict[str, str]:
        """Series with failed days → their cause, sorted."""
        return {
            name: one.cause
            for name, one in sorted(self.series.items())
            if one.configured and one.count(State.FAILED)
        }

    @property
    def lasting(self) -> dict[str, str]:
        """Those of `causes` that time does not heal."""
        return {name: cause for name, cause in self.causes.items() if cause not in PASSING}

    def summary_json(self) -> dict[str, Json]:
        """Return the figures without days."""
        return {
            "read_at": self.read_at.isoformat() if self.read_at else None,
            "outcome": self.outcome or "ok",
            "devices": [
                {
                    "kind": device.kind,
                    "name": device.name,
                    "synced": device.synced or None,
                    "left_out": device in self.silent,
                }
                for device in (*self.devices, *self.silent)
            ],
            "open": len(self.open_days),
            "waiting": len(self.waiting_days),
            "failed": len(self.failed_days),
            "causes": dict(self.causes),
            "missing": sum(self.missing.values()),
        }

    def as_json(self) -> dict[str, Json]:
        """Return the figures, and of each series its days."""
        series: dict[str, Json] = {name: one.as_json() for name, one in self.series.items()}
        return {**self.summary_json(), "legend": dict(LEGEND), "series": series}


def person_status(ledger: Ledger, windows: Iterable[Window], moment: Moment) -> PersonStatus:
    """Return what *ledger* shows at *moment* of somebody of whom fetches want *windows*.

    Wanted days of which the ledger knows nothing are open, so that no hole is hidden.
    """
    silent = [d for d in ledger.devices.values() if ledger.is_silent(d, moment.civil)]
    devices = [device for device in ledger.devices.values() if device not in silent]
    dated = [window for window in windows if SERIES[window.series].kind is not Kind.STATE]
    wanted = {window.covers: window for window in dated} if ledger.days or ledger.read_at else {}
    shown = {name: Days(window.start, "") for name, window in wanted.items()} | dict(ledger.days)
    order = {name: place for place, name in enumerate(SERIES)}
    names = sorted(shown, key=lambda name: (order[_series_of(name)], name))
    return PersonStatus(
        moment=moment,
        read_at=datetime.fromisoformat(ledger.read_at) if ledger.read_at else None,
        outcome=ledger.outcome,
        devices=tuple(devices),
        silent=tuple(silent),
        series={
            name: _series_status(name, shown[name], wanted.get(name), ledger)._replace(
                waits_for=_waits_for(_series_of(name), devices)
            )
            for name in names
        },
        missing={series: len(marks) for series, marks in sorted(ledger.marks.items())},
    )


def _waits_for(series: str, devices: Iterable[Device]) -> frozenset[str]:
    """Return which kinds of *devices* settle *series*: none where one does not say when it synced.

    The rule is that of `syncs.settled_through`.
    """
    feeding = [device for device in devices if device.kind in SERIES[series].fed_by]
    says_when = all(device.synced for device in feeding)
    return frozenset(device.kind for device in feeding if says_when)


def _find_days(state: State, series: Iterable[SeriesStatus], since: date = date.min) -> set[date]:
    return {day for one in series for day in one.days.where([state], since)}


def _series_of(name: str) -> str:
    return name.partition(" ")[0]


def _series_status(name: str, days: Days, window: Window | None, ledger: Ledger) -> SeriesStatus:
    """Return how *name* is, of which *window* is wanted."""
    series = _series_of(name)
    failed = State.FAILED.value in days.states
    return SeriesStatus(
        days=days.extend(window.start, window.end) if window else days,
        configured=window is not None,
        # Of days that a fetch left to the next the ledger has no cause: nothing stood in the way.
        cause=ledger.causes.get(series, MORE_TO_COME) if failed else "",
        missing=len(ledger.marks.get(series, {})),
    )
