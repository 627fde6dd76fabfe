"""Whether a record may be removed: how often its account was looked at, and did not have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from tests.years.account import KIND_OF, Account, Look, Place
from tests.years.elements import read

BETWEEN = timedelta(hours=1) - timedelta(seconds=30)
"""Between two looks; the clocks of two processes are seconds apart."""
FEW_DAYS, MANY_LOOKS = 2, 3
BY_FACT = ("weight", "sleep")
"""Series with a record for each fact; the others have one a day."""


class Absence(NamedTuple):
    """That a record was in none of the newest whole answers about its day."""

    place: Place
    looks: tuple[datetime, ...]
    """The newest first."""
    zone: str

    @property
    def is_enough(self) -> bool:
        return len(self.looks) > 1 and self.looks[0] - self.looks[-1] >= BETWEEN

    @property
    def days(self) -> int:
        """Return on how many days of the wearer's it was looked for."""
        return len({at.astimezone(ZoneInfo(self.zone)).date() for at in self.looks})


def absence(account: Account, place: Place) -> Absence:
    """Return since when *account* was not seen to have anything at *place*."""
    instants = []
    for look in reversed(account.looks[KIND_OF[place.series]]):
        if look.start <= place.day <= look.end:
            if _has(look, place, account):
                break
            instants.append(look.at)
    return Absence(place, tuple(instants), account.zone)


def is_replaced(record: Record, delta: Delta) -> bool:
    """Return whether one that comes in the same change stands for *record*."""
    comers = [r for r in (*delta.added, *delta.changed) if r.series == record.series]
    begin, end = _span(record)
    return any(start <= end and begin <= stop for start, stop in map(_span, comers))


def too_many_together(absences: Iterable[Absence]) -> Iterator[list[str]]:
    """Yield the days of those that vanished together, are many, and were not looked for enough."""
    together: dict[datetime, list[Absence]] = {}
    for absence_ in absences:
        if absence_.looks:
            together.setdefault(absence_.looks[-1], []).append(absence_)
    for each in together.values():
        days = sorted({one.place.day for one in each})
        if len(days) > FEW_DAYS and each[0].days < MANY_LOOKS:
            yield days


def _has(look: Look, place: Place, account: Account) -> bool:
    if place.series in BY_FACT:
        return account.fact_of(place) in look.facts
    return place.day in look.days


def _span(record: Record) -> tuple[str, str]:
    """Return from when to when a record is, on the wearer's clock."""
    place, value = read(record.series, record.data)
    if record.series == "sleep":
        return place.item, value[0]
    at = f"{place.day}T{place.item}"
    return at, at
