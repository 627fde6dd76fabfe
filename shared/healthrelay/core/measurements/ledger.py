"""The ledger of a person: what is known of each civil day of each series, and what is waited for.

A day can change until its devices have synced after it ended, so whether it is *settled* depends
on the devices and on a later reading, not on a call that succeeded. Reading does not depend on
the state of a day (`plan`): a wrong state costs a colour, never a measurement. Times of devices
and days are civil, in the account's zone.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

WATCHED_DAYS = 31
"""A day may change for so long after it ended; a device that is silent for longer is left out."""
SETTLING_HOURS = 36
"""A device that synced so long after a day ended has nothing more of it."""
DAY = timedelta(days=1)


class State(Enum):
    """What is known of a day; its value is how the ledger writes it."""

    OPEN = "o"
    """It may still change, or was never read whole."""
    SETTLED = "s"
    EMPTY = "e"
    """Settled, and there is nothing."""
    FAILED = "f"
    """Could not be read; the ledger has the cause."""


class Days(NamedTuple):
    """The states of a series from the day *start* on, one letter a day, without a hole."""

    start: date
    states: str

    @property
    def end(self) -> date:
        return self.start + timedelta(days=len(self.states) - 1)

    def state(self, day: date) -> State | None:
        """Return the state of *day*; None outside."""
        place = (day - self.start).days
        return State(self.states[place]) if 0 <= place < len(self.states) else None

    def extend(self, start: date, end: date) -> Days:
        """Return these days with *start* to *end* among them; what is new is open."""
        before = "o" * max(0, (self.start - start).days)
        after = "o" * max(0, (end - self.end).days)
        return Days(min(start, self.start), f"{before}{self.states}{after}")

    def mark(self, states: Mapping[date, State]) -> Days:
        """Return these days with other *states* of some."""
        letters = list(self.states)
        for day, state in states.items():
            letters[(day - self.start).days] = state.value
        return self._replace(states="".join(letters))

    def where(self, states: Collection[State]) -> Iterator[date]:
        """Yield the days that are in one of *states*, the oldest first."""
        letters = {state.value for state in states}
        for place, letter in enumerate(self.states):
            if letter in letters:
                yield self.start + timedelta(days=place)


class Device(NamedTuple):
    """A paired device, as the provider last listed it."""

    kind: str
    """``TRACKER`` or ``SCALE``, as Fitbit calls them."""
    name: str
    synced: str
    """Civil day and time (``2026-11-01T07:30:00``); empty where the provider does not say."""
    seen: str
    """The civil day on which it was last listed."""
    named: bool = False
    """Whether the log has said that it is silent."""


class Mark(NamedTuple):
    """A record that its own origin did not give in a reading of its whole day."""

    first: str
    """The instant of that reading, in UTC."""
    day: str
    """The record's local day."""
    looks: tuple[str, ...]
    """The days on which a reading agreed, the first one among them."""


Marks = Mapping[str, Mapping[str, Mark]]
"""Series → key → the mark of a record that is missing at its origin."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Ledger(NamedTuple):
    """All of it. An empty one is that of somebody of whom nothing was read."""

    epoch: str = ""
    """Another one since the person's account was changed: what was read before is not stored."""
    read_at: str = ""
    """The instant of the last fetch that read something, in UTC; empty before the first."""
    outcome: str = ""
    """The cause of what stood in the way of the last fetch; empty when nothing did."""
    devices: Mapping[str, Device] = _NOTHING
    """By the provider's id."""
    days: Mapping[str, Days] = _NOTHING
    """By series, or `Window.covers` where only some hours of a day are read."""
    causes: Mapping[str, str] = _NOTHING
    """Series → the cause of its failed days."""
    marks: Marks = _NOTHING
    again: Mapping[str, tuple[str, ...]] = _NOTHING
    """Within-day series → days for which a device synced since they were read."""
    logs_read: str = ""
    """The day on which logs were last read a year back."""
    units: str = ""
    """The unit system of the records without an origin, which an earlier version stored."""

    def renew(self) -> Ledger:
        """Return an empty one of another epoch: whatever is being read now is not stored."""
        return Ledger(epoch=secrets.token_hex(4), units=self.units)

    def is_silent(self, device: Device, now: datetime) -> bool:
        """Return whether *device* is left out at the civil time *now*."""
        last = device.synced or device.seen
        return datetime.fromisoformat(last) < now - timedelta(days=WATCHED_DAYS)


def settled(day: date, kinds: Collection[str], ledger: Ledger, now: datetime) -> bool:
    """Return whether a series that devices of *kinds* feed can change no more on *day*.

    *now* is the civil time of the reading, which succeeded. Every device of these kinds must have
    synced 36 hours or more after the day ended; without any, or where one does not say when it
    synced, that takes 31 days.
    """
    end = datetime.combine(day + DAY, datetime.min.time())
    if now >= end + timedelta(days=WATCHED_DAYS):
        return True
    devices = [
        device
        for device in ledger.devices.values()
        if device.kind in kinds and not ledger.is_silent(device, now)
    ]
    late = end + timedelta(hours=SETTLING_HOURS)
    return bool(devices) and all(
        device.synced and datetime.fromisoformat(device.synced) >= late for device in devices
    )
