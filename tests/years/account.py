"""One account at a provider: the facts that it knows, and what comes of them day by day.

The values of a day are worked out here from facts, so that they owe nothing to the product.
Each value that was ever shown is kept with its instant.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from tests.years.wearer import Fact

Items = dict[str, Any]
"""What a day of a series holds: a time, or nothing where the day is one value, → the value."""

SERIES_OF = {
    "weight": ("weight", "body-weight"),
    "walk": ("activities-steps", "activities-steps-intraday"),
    "night": ("sleep", "sleep-summary", "sleep-minutesAsleep"),
}
KIND_OF = {series: kind for kind, names in SERIES_OF.items() for series in names}


class Place(NamedTuple):
    """Where one value stands."""

    series: str
    day: str
    item: str


class Version(NamedTuple):
    """A value that a place had from that instant on; None: nothing."""

    at: datetime
    value: Any


class Look(NamedTuple):
    """One whole answer: from which day to which, and what was in it."""

    at: datetime
    start: str
    end: str
    facts: frozenset[str]
    days: frozenset[str]


class Account:
    """An account of *provider*, and its facts by kind and day.

    It knows nothing of the days before *since*; *digit* makes the names of its facts its own.
    """

    def __init__(
        self, provider: str, id_: str, zone: str, linked: str = "", since: str = "", digit: str = ""
    ) -> None:
        self.provider, self.id, self.zone, self.linked = provider, id_, zone, linked
        self._since = since
        self._digit = digit
        self.days: dict[str, dict[str, dict[str, Fact]]] = {kind: {} for kind in SERIES_OF}
        self.number = 0
        """Changes with every fact."""
        self.versions: dict[Place, list[Version]] = {}
        self.looks: dict[str, list[Look]] = {kind: [] for kind in SERIES_OF}
        self.odd: dict[tuple[str, str], datetime] = {}
        """Kind and day → until when the facts of it have a shape that nobody can read."""
        self.devices: list[dict[str, str]] = []
        self._items: dict[tuple[str, str], Items] = {}
        self._facts: dict[Place, str] = {}

    @property
    def name(self) -> str:
        """Return the name under which it is bound to a person."""
        return f"{self.provider} {self.id}"

    def take(self, fact: Fact, now: datetime) -> None:
        """Know what a device brings from *now* on, under a name of this account's own."""
        if fact.day >= self._since:
            head, dash, tail = fact.id.rpartition("-")
            self.put(fact._replace(id=f"{head}{dash}{self._digit}{tail}"), now)

    def put(self, fact: Fact, now: datetime) -> None:
        """Know *fact* from *now* on, in place of one with its name."""
        self.days[fact.kind].setdefault(fact.day, {})[fact.id] = fact
        self._work_out(fact.kind, fact.day, now)

    def drop(self, fact: Fact, now: datetime) -> None:
        """Know it no more."""
        self.days[fact.kind][fact.day].pop(fact.id, None)
        self._work_out(fact.kind, fact.day, now)

    def facts(self, kind: str, start: str, end: str) -> list[Fact]:
        """Return what is known of the days *start* to *end*, in the order of time."""
        days = self.days[kind]
        found = [fact for day in days if start <= day <= end for fact in days[day].values()]
        return sorted(found, key=lambda fact: (fact.start, fact.id))

    def odd_days(self, kind: str, now: datetime) -> set[str]:
        """Return the days of *kind* that nobody can read now."""
        return {day for (of, day), until in self.odd.items() if of == kind and now < until}

    def items(self, series: str, day: str) -> Items:
        """Return the values of a day as they are now."""
        return self._items.get((series, day), {})

    def fact_of(self, place: Place) -> str:
        """Return the name of the fact that stands, or stood last, at *place*."""
        return self._facts.get(place, "")

    def look(self, kind: str, start: str, end: str, facts: Iterable[Fact], now: datetime) -> None:
        """Note that these *facts* were given as all that there is."""
        known = list(facts)
        names = frozenset(fact.id for fact in known)
        look = Look(now, start, end, names, frozenset(fact.day for fact in known))
        self.looks[kind] = [*self.looks[kind][-400:], look]

    def _work_out(self, kind: str, day: str, now: datetime) -> None:
        self.number += 1
        facts = sorted(self.days[kind].get(day, {}).values(), key=lambda f: (f.instant, f.id))
        for series in SERIES_OF[kind]:
            before = self._items.get((series, day), {})
            after = _ITEMS[series](facts)
            self._items[series, day] = after
            for item in before.keys() | after.keys():
                place = Place(series, day, item)
                if before.get(item) != after.get(item):
                    self.versions.setdefault(place, []).append(Version(now, after.get(item)))
        for fact in facts:
            for series in ("weight", "sleep"):
                self._facts[Place(series, day, _item(series, fact))] = fact.id


def _item(series: str, fact: Fact) -> str:
    return f"{fact.start:%H:%M:%S}" if series == "weight" else fact.start.isoformat()


def _weights(facts: list[Fact]) -> Items:
    return {_item("weight", fact): fact.amount for fact in facts}


def _last_weight(facts: list[Fact]) -> Items:
    return {"": facts[-1].amount} if facts else {}


def _sum(facts: list[Fact]) -> Items:
    return {"": sum(fact.amount for fact in facts)} if facts else {}


def _points(facts: list[Fact]) -> Items:
    """Return the points of quarters of an hour; stretches that begin in one are one."""
    slots: dict[str, int] = {}
    for fact in facts:
        slot = f"{fact.start:%H}:{fact.start.minute // 15 * 15:02}:00"
        slots[slot] = slots.get(slot, 0) + fact.amount
    return {"": tuple(sorted(slots.items()))} if slots else {}


def _nights(facts: list[Fact]) -> Items:
    return {_item("sleep", fact): (fact.end.isoformat(), fact.amount) for fact in facts}


def _summary(facts: list[Fact]) -> Items:
    return {"": (sum(fact.amount for fact in facts), len(facts))} if facts else {}


_ITEMS = {
    "weight": _weights,
    "body-weight": _last_weight,
    "activities-steps": _sum,
    "activities-steps-intraday": _points,
    "sleep": _nights,
    "sleep-summary": _summary,
    "sleep-minutesAsleep": _sum,
}
