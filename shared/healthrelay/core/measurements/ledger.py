"""The ledger of a person: what is known of each civil day of each series, and what is waited for.

Reading does not depend on the state of a recent day (`plan`): a wrong state costs a colour, never a
measurement. Times of devices and days are civil, in the account's zone.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

WATCHED_DAYS = 31
"""A day may change for so long after it ended; a device that is silent for longer is left out."""
DAY = timedelta(days=1)
SECOND_LOOK = timedelta(hours=1)
"""So much later another reading may confirm that a record is gone, or a day without data."""
FEW_DAYS = 2
"""So many days of a series may go, or be empty, after a second look; more need `MANY_LOOKS`."""
MANY_LOOKS = 3
"""On so many different days."""
MORE_TO_COME = "more_to_come"
"""The cause of days that a fetch leaves to the next, because it would hold too much."""


def is_second_look(first: str, now: datetime) -> bool:
    """Return whether a reading at *now* is another look after that at the instant *first*."""
    return not first or now - datetime.fromisoformat(first) >= SECOND_LOOK


class State(Enum):
    """What is known of a day; its value is how the ledger writes it."""

    OPEN = "o"
    """It may still change, or was never read whole."""
    SETTLED = "s"
    EMPTY = "e"
    """Settled, and there is nothing."""
    FAILED = "f"
    """Could not be read; the ledger has the cause."""


class Look(NamedTuple):
    """The readings so far that found nothing of a day."""

    times: int = 0
    at: str = ""
    """The instant of the last one that counted, in UTC."""


class Days(NamedTuple):
    """The states of a series from the day *start* on, one letter a day, without a hole."""

    start: date
    states: str
    doubted: Mapping[date, Look] = MappingProxyType({})
    """Open days of which a reading found nothing: another one has to agree (`doubt`)."""

    @property
    def end(self) -> date:
        return self.start + timedelta(days=len(self.states) - 1)

    @property
    def last_read(self) -> date:
        """Return the last day that did not fail; the one before all when each did."""
        return self.start + timedelta(days=len(self.states.rstrip(State.FAILED.value)) - 1)

    def state(self, day: date) -> State | None:
        """Return the state of *day*; None outside."""
        place = (day - self.start).days
        return State(self.states[place]) if 0 <= place < len(self.states) else None

    def were_read(self, start: date, end: date) -> bool:
        """Return whether all days from *start* to *end* are here, and none of them failed."""
        first, last = (start - self.start).days, (end - self.start).days
        inside = first >= 0 and last < len(self.states)
        return inside and State.FAILED.value not in self.states[first : last + 1]

    def extend(self, start: date, end: date) -> Days:
        """Return these days with *start* to *end* among them; what is new is open."""
        before = "o" * max(0, (self.start - start).days)
        after = "o" * max(0, (end - self.end).days)
        return self._replace(start=min(start, self.start), states=f"{before}{self.states}{after}")

    def mark(self, states: Mapping[date, State]) -> Days:
        """Return these days with other *states* of some."""
        letters = list(self.states)
        for day, state in states.items():
            letters[(day - self.start).days] = state.value
        return self._replace(states="".join(letters))

    def where(self, states: Collection[State], since: date = date.min) -> list[date]:
        """Return the days that are in one of *states*, the oldest first, from *since* on."""
        letters = {state.value for state in states}
        first = max((since - self.start).days, 0)
        found = enumerate(self.states[first:], first)
        return [self.start + timedelta(place) for place, letter in found if letter in letters]


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
    """Within-day series → days to read again: a device synced since, or their value changed."""
    tried: Mapping[str, str] = _NOTHING
    """Series → the day on which its failed days from before the last 31 were last tried again."""
    logs_read: str = ""
    """The day on which logs were last read a year back."""
    logs_to: str = ""
    """The day down to which they were read again since; empty while that is not due."""
    turn: int = 0
    """Another one each fetch, for what is not read by each."""
    units: str = ""
    """The unit system of the records without an origin, which an earlier version stored."""

    def renew(self) -> Ledger:
        """Return an empty one of another epoch: whatever is being read now is not stored."""
        return Ledger(epoch=secrets.token_hex(4), units=self.units)

    def is_silent(self, device: Device, now: datetime) -> bool:
        """Return whether *device* is left out at the civil time *now*."""
        last = device.synced or device.seen
        return datetime.fromisoformat(last) < now - timedelta(days=WATCHED_DAYS)
