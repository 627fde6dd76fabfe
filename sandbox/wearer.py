"""The person whose measurements both APIs serve, and ways to change what is true about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from threading import Lock
from time import time as epoch_seconds
from zoneinfo import ZoneInfo

from sandbox.decimals import round_half_up
from sandbox.heart import Beat, Heart, beats, local
from sandbox.logs import Device, Drink, Exercise, Food, Vitals, paired
from sandbox.sleep import Sleep, Stage

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - civil: legacy log ids read local time as if it were UTC

# How long after waking up the stages of a night appear.
STAGES_TAKE = timedelta(hours=6)

Today = Callable[[], date]
Live = Callable[["Wearer", date], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One weighing. `bmi` is Fitbit's own figure when it is known, else computed."""

    at: datetime
    grams: int
    log_id: str
    bmi: Decimal | None = None
    manual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyFat:
    """Body fat in percent; it has the log id of the weight it was measured with."""

    at: datetime
    percent: Decimal
    log_id: str
    manual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Minutes of one day at each level of activity; those asleep are in none."""

    sedentary: int
    lightly: int
    fairly: int
    very: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day's activity totals. A day on which the device was not worn has no `Day` at all.

    *kcal* is everything burned; energies have at most one decimal.
    """

    steps: int
    millimeters: int
    kcal: int | Decimal
    floors: int | None = None
    climbed_mm: int | None = None
    active_kcal: int | Decimal | None = None
    basal_kcal: int | Decimal | None = None
    levels: Levels | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """Days, first and last included, that are spent in another zone."""

    first: date
    last: date
    zone: ZoneInfo


def _rest(_wearer: Wearer, _day: date) -> None:
    """Measure nothing."""


@dataclass(kw_only=True, eq=False)
class Wearer:
    """One person: who they are, and everything they measured. Lists and days may be changed.

    *live* adds what is measured on one day; *lived_until* is the last day it was called for. On
    *ring_days* a ring is worn, too. *clock*: epoch seconds, by which stages are worked out.
    """

    name: str
    health_id: str
    legacy_id: str
    zone: ZoneInfo
    today: Today
    clock: Callable[[], float] = epoch_seconds
    height_mm: int | None = None
    member_since: date = date(2015, 3, 2)
    weights: list[Weight] = field(default_factory=list)
    fats: list[BodyFat] = field(default_factory=list)
    days: dict[date, Day] = field(default_factory=dict)
    hearts: dict[date, Heart] = field(default_factory=dict)
    vitals: dict[date, Vitals] = field(default_factory=dict)
    ring_days: set[date] = field(default_factory=set)
    sleeps: list[Sleep] = field(default_factory=list)
    exercises: list[Exercise] = field(default_factory=list)
    drinks: list[Drink] = field(default_factory=list)
    foods: list[Food] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    devices: list[Device] = field(default_factory=paired)
    live: Live = _rest
    lived_until: date = date.max
    _lock: Lock = field(default_factory=Lock, repr=False)

    def catch_up(self) -> None:
        """Generate the days that began since the last call."""
        with self._lock:
            today = self.today()
            while self.lived_until < today:
                self.lived_until += timedelta(days=1)
                self.live(self, self.lived_until)

    def span(self) -> tuple[date, date]:
        """Return the first and the last day with any measurement."""
        days = {civil(weight.at).date() for weight in self.weights}
        days |= {civil(fat.at).date() for fat in self.fats}
        days |= {sleep.day for sleep in self.sleeps} | self.days.keys()
        return min(days), max(days)

    def clear(self) -> None:
        """Remove all measurements."""
        for measured in (self.weights, self.fats, self.sleeps, self.exercises):
            measured.clear()
        self.ring_days.clear()
        for log in (self.days, self.hearts, self.vitals, self.drinks, self.foods):
            log.clear()

    def absorb(self, other: Wearer) -> None:
        """Add everything that *other* measured."""
        self.weights += other.weights
        self.fats += other.fats
        self.sleeps += other.sleeps
        self.exercises += other.exercises
        self.drinks += other.drinks
        self.foods += other.foods
        self.days |= other.days
        self.hearts |= other.hearts
        self.vitals |= other.vitals
        self.ring_days |= other.ring_days

    def zone_on(self, day: date) -> ZoneInfo:
        """Where the wearer's clock was on *day*."""
        return next((s.zone for s in self.stays if s.first <= day <= s.last), self.zone)

    def instant(self, civil: datetime) -> datetime:
        """Return when a local clock showed *civil*, with the UTC offset then in force."""
        there = civil.replace(tzinfo=self.zone_on(civil.date()))
        return there.astimezone(timezone(there.utcoffset() or timedelta()))

    def at_home(self, at: time) -> datetime:
        """Today at a time of the home zone, which account settings keep on a journey."""
        return datetime.combine(self.today(), at, self.zone)

    def beats(self, day: date) -> Iterator[Beat]:
        """Return the heart rates of *day*."""
        if day in self.hearts:
            midnight = self.instant(datetime.combine(day, time()))
            yield from beats(self.hearts[day], midnight, self.zone_on(day))

    def nights(self) -> list[Sleep]:
        """Return the sleeps as known by now: the last night's stages come hours after it."""
        today, now = self.today(), self.clock()
        return [
            sleep.unprocessed()
            if sleep.day == today and now < (sleep.end + STAGES_TAKE).timestamp()
            else sleep
            for sleep in self.sleeps
        ]

    def sleep(self, civil: datetime, *stages: tuple[str, int], nap: bool = False) -> Sleep:
        """Add a session that began at local time *civil*: its stages and their minutes."""
        zone, at = self.zone_on(civil.date()), self.instant(civil)
        spent: list[Stage] = []
        for kind, minutes in stages:
            end = local(at + timedelta(minutes=minutes), zone)
            spent.append(Stage(kind=kind, start=at, end=end))
            at = end
        night = Sleep(
            start=spent[0].start, end=at, log_id=log_id(civil), stages=tuple(spent), nap=nap
        )
        self.sleeps.append(night)
        return night

    def weigh(self, civil: datetime, kg: Decimal | str, *, manual: bool = False) -> Weight:
        """Add a weight measured at local time *civil*."""
        weight = Weight(
            at=self.instant(civil), grams=grams(kg), log_id=log_id(civil), manual=manual
        )
        self.weights.append(weight)
        return weight

    def correct(self, log_id: str, kg: Decimal | str) -> Weight:
        """Give an existing weight another value, as a person does by hand."""
        place = next(n for n, weight in enumerate(self.weights) if weight.log_id == log_id)
        self.weights[place] = replace(self.weights[place], grams=grams(kg), bmi=None)
        return self.weights[place]

    def forget(self, log_id: str) -> None:
        """Delete a weight, and the body fat that came with it."""
        self.weights[:] = [weight for weight in self.weights if weight.log_id != log_id]
        self.fats[:] = [fat for fat in self.fats if fat.log_id != log_id]

    def bmi(self, weight: Weight) -> Decimal | None:
        """Body mass index to two decimals, or None when neither it nor a height is known."""
        if weight.bmi is not None or not self.height_mm:
            return weight.bmi
        meters = Decimal(self.height_mm) / 1000
        return round_half_up(Decimal(weight.grams) / 1000 / (meters * meters), 2)


def civil(at: datetime) -> datetime:
    """Return what the wearer's clock showed at *at*."""
    return at.replace(tzinfo=None)


def log_id(civil: datetime) -> str:
    """Return the id Fitbit gives a log entry: its local wall time, read as UTC, in milliseconds."""
    return str((civil - _EPOCH) // timedelta(milliseconds=1))


def grams(kg: Decimal | str) -> int:
    """Kilograms to whole grams."""
    return int(round_half_up(Decimal(kg) * 1000, 0))


def when(measured: Weight | BodyFat) -> datetime:
    """Return the moment of a measurement, for sorting."""
    return measured.at


def today_in(zone: ZoneInfo, clock: Callable[[], float], fixed: date | None) -> Today:
    """Return a calendar of the wearer: always *fixed*, or the clock's date in *zone*."""
    if fixed is not None:
        return lambda: fixed
    return lambda: datetime.fromtimestamp(clock(), UTC).astimezone(zone).date()
