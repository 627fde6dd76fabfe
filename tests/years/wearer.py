"""What one person lives and measures, and when the provider knows of it.

Nothing here comes from the product: a day has steps that were walked, a night that was slept
and a weight that was weighed, each known to the provider when the device that has it synced.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.years.history import Event, Habits, Life

PAST_DAYS = 45
DAY = timedelta(days=1)
NEVER = datetime.max.replace(tzinfo=UTC)


class Fact(NamedTuple):
    """One thing that was measured: a weighing, a stretch of walking, or a night."""

    kind: str
    """``weight``, ``walk`` or ``night``."""
    id: str
    start: datetime
    """On the wearer's clock, without a zone."""
    offset: int
    """Seconds of that clock from UTC at the start; and at the end."""
    end: datetime
    end_offset: int
    amount: int
    """Grams, steps or minutes asleep."""
    device: str
    day: str
    """The local day that it belongs to: a night's is that of waking up."""
    instant: datetime
    """When it was over."""


class Arrival(NamedTuple):
    """A fact, and the instant from which on the provider knows it."""

    at: datetime
    fact: Fact


class Wearer:
    """One person with their devices, through all days of a life."""

    def __init__(self, habits: Habits, life: Life) -> None:
        self.habits = habits
        self._seed = f"{life.seed} {habits.user}"
        self._start = life.start
        mine = [event for event in life.events if event.who == habits.user]
        self._trips = [(*self._span(e, life), e.what) for e in mine if e.kind == "travel"]
        self._pauses = [self._span(e, life) for e in mine if e.kind == "sync pause"]
        self._scale_pauses = [self._span(e, life) for e in mine if e.kind == "scale pause"]
        self._last = life.start.date() + timedelta(days=life.days + 1)
        self.syncs = list(self._draw_syncs())

    def arrivals(self) -> list[Arrival]:
        """Return all facts of the life and of the days before, in the order of their arrival."""
        facts = (fact for day in self._days() for fact in self._facts(day))
        return sorted(Arrival(self._arrives(fact), fact) for fact in facts)

    def synced(self, now: datetime) -> datetime:
        """Return when the watch synced last."""
        return self.syncs[max(bisect_left(self.syncs, now) - 1, 0)]

    def past(self, days: int) -> Iterator[tuple[date, int, int]]:
        """Yield day, grams and steps of so many days before what the provider knows."""
        for back in range(days, PAST_DAYS, -1):
            day = self._start.date() - timedelta(days=back)
            luck = Random(f"{self._seed} {day}")
            yield day, luck.randint(60_000, 99_999), luck.randint(1_000, 25_000)

    def _span(self, event: Event, life: Life) -> tuple[datetime, datetime]:
        begin = life.start + timedelta(hours=event.at)
        return begin, begin + timedelta(hours=event.hours)

    def _days(self) -> Iterator[date]:
        day = self._start.date() - timedelta(days=PAST_DAYS)
        while day <= self._last:
            yield day
            day += DAY

    def _draw_syncs(self) -> Iterator[datetime]:
        """Yield when the watch syncs: some three times a day, unless it is not synced for days."""
        for day in self._days():
            luck = Random(f"{self._seed} sync {day}")
            for hour in (7, 14, 21):
                at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
                at += timedelta(minutes=luck.randrange(120))
                if not any(begin <= at < end for begin, end in self._pauses):
                    yield at

    def _arrives(self, fact: Fact) -> datetime:
        if fact.device == "watch":
            place = bisect_left(self.syncs, fact.instant)
            return self.syncs[place] if place < len(self.syncs) else NEVER
        if fact.device == "scale":
            at = fact.instant + timedelta(minutes=1)
            # What it sends, it sends all of: so behind a pause another one may follow.
            for begin, end in sorted(self._scale_pauses):
                at = end if begin <= at < end else at
            return at
        return fact.instant + timedelta(minutes=40)

    def _facts(self, day: date) -> Iterator[Fact]:
        """Yield what is measured on *day*, wherever on earth the wearer is then."""
        luck = Random(f"{self._seed} {day}")
        habits, zone = self.habits, ZoneInfo(self._zone(day))
        if habits.watch:
            yield self._night(day, luck, zone)
            if luck.random() < 0.1 and self._zone(day) == self._zone(day + DAY):
                yield self._fact("night", day, time(14, luck.randrange(60)), 40, 37, zone, "watch")
            for hour in (10, 20):
                at = time(hour, luck.randrange(60))
                yield self._fact("walk", day, at, 15, luck.randint(500, 9_000), zone, "watch")
        if habits.phone:
            at = time(16, luck.randrange(60))
            yield self._fact("walk", day, at, 15, luck.randint(50, 4_000), zone, "phone")
        if habits.weigh_days and day.toordinal() % habits.weigh_days == 0:
            for hour in (7, 22) if luck.random() < 0.1 else (7,):
                at = time(hour, luck.randrange(50), luck.randrange(60))
                grams = luck.randint(60_000, 99_999)
                device = "scale" if habits.scale else "phone"
                yield self._fact("weight", day, at, 0, grams, zone, device)

    def _zone(self, day: date) -> str:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        away = [zone for begin, end, zone in self._trips if begin <= noon < end]
        return away[0] if away else self.habits.zone

    def _night(self, day: date, luck: Random, zone: ZoneInfo) -> Fact:
        begin = datetime.combine(day - DAY, time(22)) + timedelta(minutes=luck.randrange(120))
        end = datetime.combine(day, time(6)) + timedelta(minutes=luck.randrange(90))
        minutes = luck.randint(200, 380)
        return self._between("night", begin, end, minutes, zone, "watch")

    def _fact(  # noqa: PLR0913, PLR0917 - the members of a fact
        self, kind: str, day: date, at: time, minutes: int, amount: int, zone: ZoneInfo, device: str
    ) -> Fact:
        begin = datetime.combine(day, at)
        end = begin + timedelta(minutes=minutes)
        return self._between(kind, begin, end, amount, zone, device)

    def _between(
        self, kind: str, begin: datetime, end: datetime, amount: int, zone: ZoneInfo, device: str
    ) -> Fact:
        luck = Random(f"{self._seed} {kind} {begin}")
        number = luck.randrange(10**17, 10**18)
        name = f"hc-{number:x}" if device == "phone" else str(number)
        offset, end_offset = _offset(begin, zone), _offset(end, zone)
        day = (end if kind == "night" else begin).date().isoformat()
        over = (end - timedelta(seconds=end_offset)).replace(tzinfo=UTC)
        return Fact(kind, name, begin, offset, end, end_offset, amount, device, day, over)


def _offset(local: datetime, zone: ZoneInfo) -> int:
    away = local.replace(tzinfo=zone).utcoffset()
    return int(away.total_seconds()) if away is not None else 0
