"""One session of sleep as Google has it: its times, its stages and its figures.

Google leaves out what is zero. Of a session that it has not worked out yet, and of one without
a summary, what it leaves out is not known instead.

Google counts a classic session otherwise than Fitbit did, whose names these figures bear:
recorded answers of Fitbit (`tests/recorded_sleep.py`) say how. They also say that minutes of a
length are those that have passed, and not rounded: 321.5 were 321.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from healthrelay.adapters.google_health.points import (
    MINUTE,
    Answers,
    instant_of,
    local,
    log_id,
    number,
    text,
    value_of,
)
from healthrelay.adapters.google_health.questions import sessions
from healthrelay.core.json import Raw
from healthrelay.core.measurements import units

SLEEP = sessions("sleep")
SETTLES_IN = timedelta(hours=3)
MAX_LENGTH = timedelta(days=3)
"""Nobody sleeps longer."""
KINDS = frozenset({"AWAKE", "LIGHT", "DEEP", "REM", "ASLEEP", "RESTLESS"})
"""Of stages, as far as we know them."""
_FIGURES = {
    "minutesInSleepPeriod",
    "minutesAsleep",
    "minutesAwake",
    "minutesToFallAsleep",
    "minutesAfterWakeUp",
}

Tally = dict[str, tuple[int, int]]
"""Kind of stage → how often, and how many minutes in all."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one instant to another, with the wall clock at both."""

    start: datetime
    end: datetime
    local_start: datetime
    local_end: datetime


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of one *kind*: AWAKE, LIGHT, DEEP, REM; of classic sleep ASLEEP, RESTLESS."""

    kind: str
    span: Stretch


@dataclass(frozen=True, slots=True)
class Night:
    """One session, a nap as well as a night."""

    log_id: int
    span: Stretch
    kind: str
    """STAGES or CLASSIC."""
    main: bool
    settled: bool
    """Whether its figures are worked out, so that an absent one is zero."""
    stages: tuple[Stage, ...]
    short: tuple[Stage, ...]
    """Awakenings of a few minutes at most, within the stages."""
    summary: Mapping[str, Any]

    @property
    def day(self) -> str:
        """The local day of waking up."""
        return self.span.local_end.date().isoformat()

    def minutes(self, member: str) -> int | None:
        """Return a figure of the summary; None as long as it is not known."""
        if member in self.summary:
            minutes = number(self.summary, member)
            return None if minutes is None else units.integer(minutes)
        return 0 if self.settled else None

    @property
    def in_bed(self) -> int:
        """Minutes; those between the first and the last instant when Google does not say."""
        return self.minutes("minutesInSleepPeriod") or (self.span.end - self.span.start) // MINUTE

    @property
    def awake(self) -> int | None:
        """Minutes awake: of a classic session the restless ones too, which Google leaves out.

        Asleep, awake, to fall asleep and after waking up are the time in bed then.
        """
        awake, asleep = self.minutes("minutesAwake"), self.minutes("minutesAsleep")
        if self.kind != "CLASSIC" or awake is None:
            return awake
        around = ("minutesToFallAsleep", "minutesAfterWakeUp")
        known = [number(self.summary, name) for name in around if name in self.summary]
        if asleep is None or None in known:
            return None
        rest = self.in_bed - asleep - sum(int(minutes) for minutes in known if minutes)
        return rest if rest >= 0 else None

    @property
    def awakenings(self) -> int | None:
        """How often the wearer woke up; a restless stretch is an awakening. None without stages."""
        tally = self.tally()
        if not tally.keys() & KINDS:
            return None
        return sum(tally.get(kind, (0, 0))[0] for kind in ("AWAKE", "RESTLESS"))

    @property
    def efficiency(self) -> int | None:
        """Percent of the time asleep or awake that was sleep: Google has no such figure.

        As long as nobody knows how long the wearer was awake, of the time in bed.
        """
        asleep, awake = self.minutes("minutesAsleep"), self.awake
        if asleep is None:
            return None
        known = self.in_bed if awake is None else asleep + awake
        return units.integer(Decimal(100 * asleep) / known) if known else None

    def tally(self) -> Tally:
        """Return the stages by kind, in Google's own count if it has one; empty without any."""
        if stages := self.summary.get("stagesSummary"):
            known = [stage for stage in stages if _is_known(stage)]
            return {s["type"]: (int(s.get("count", 0)), int(s.get("minutes", 0))) for s in known}
        times: dict[str, list[timedelta]] = {}
        for stage in self.stages:
            times.setdefault(stage.kind, []).append(stage.span.end - stage.span.start)
        return {k: (len(each), sum(each, timedelta()) // MINUTE) for k, each in times.items()}

    def levels(self) -> Tally:
        """Return the tally as version 1.2 had it: its light sleep was without short awakenings."""
        tally = self.tally()
        if not tally or not self.short or self.kind != "STAGES":
            return tally
        lengths = (stage.span.end - stage.span.start for stage in self.short)
        minutes = sum(lengths, timedelta()) // MINUTE
        (waking, awake), (falling, light) = (tally.get(k, (0, 0)) for k in ("AWAKE", "LIGHT"))
        levels = tally | {"AWAKE": (waking + len(self.short), awake + minutes)}
        return levels | {"LIGHT": (falling, light - minutes)} if light >= minutes else levels


def nights(answers: Answers) -> list[Night]:
    """All sessions in the order in which they began."""
    nights = chain.from_iterable(answers.each(SLEEP, lambda point: _ended(point, answers)))
    return sorted(nights, key=lambda night: (night.span.start, night.log_id))


def _ended(point: Raw, answers: Answers) -> list[Night] | None:
    """Return the session if it is over: nothing while it has no end and so no day.

    While the wearer sleeps, Google lists a session without an end, or with one that moves on, and
    summarizes it when it is over. Not every session gets a summary: as long as it may still come,
    None, for nothing is known of the session of that day.
    """
    value = value_of(point, "sleep")
    end = value["interval"].get("endTime")
    if end is None:
        return []
    if not value.get("summary") and instant_of(end) + SETTLES_IN > answers.now:
        return None
    return [_checked(_night(point, answers))]


def _checked(night: Night) -> Night:
    """Return *night*, each of whose figures can be worked out. Raise otherwise."""
    night.tally()
    night.kind.lower()
    for member in night.summary.keys() & _FIGURES:
        night.minutes(member)
    return night


def _night(point: Raw, answers: Answers) -> Night:
    value, zone = value_of(point, "sleep"), answers.zone
    metadata, summary = value.get("metadata") or {}, value.get("summary") or {}
    span = _stretch(value["interval"], zone)
    key = log_id(point, span.start, answers.replaced)
    stages, short = (
        [stage for stage in value.get(name) or [] if _is_known(stage)]
        for name in ("stages", "shortAwakenings")
    )
    if not all(_is_within(stage, span) for stage in (*stages, *short)):
        # The night is as it is: what lies outside is left out, and counted as one.
        answers.odd[f"{SLEEP.source.name} stages", key] = span.local_end.date().isoformat()
    return Night(
        log_id=key,
        span=span,
        kind=value.get("type") or "",
        main=bool(metadata.get("mainSleep")),
        settled=bool(metadata.get("processed")) and "minutesInSleepPeriod" in summary,
        stages=_stages(stages, span, zone),
        short=_stages(short, span, zone),
        summary=summary,
    )


def _stages(
    stages: Iterable[Mapping[str, Any]], night: Stretch, zone: str | None
) -> tuple[Stage, ...]:
    """Return those of *stages* that lie within their *night*, in order."""
    within = [stage for stage in stages if _is_within(stage, night)]
    stretches = [Stage(stage["type"], _stretch(stage, zone)) for stage in within]
    return tuple(sorted(stretches, key=lambda stage: stage.span.start))


def _is_within(stage: Mapping[str, Any], night: Stretch) -> bool:
    """Return whether *stage* lies in its *night*, but for what rounding makes."""
    start, end = (instant_of(stage[name]) for name in ("startTime", "endTime"))
    return night.start - MINUTE <= start and end <= night.end + MINUTE


def _is_known(stage: Mapping[str, Any]) -> bool:
    """Return whether *stage* says of what kind it is. Raises `KeyError` where it lacks that."""
    return stage["type"] is not None and text(stage, "type") is not None


def _stretch(times: Mapping[str, Any], zone: str | None) -> Stretch:
    start, end = (instant_of(times[name]) for name in ("startTime", "endTime"))
    if not timedelta() <= end - start <= MAX_LENGTH:
        raise ValueError("nobody sleeps from then to then")
    return Stretch(
        start,
        end,
        local(start, times.get("startUtcOffset"), zone),
        local(end, times.get("endUtcOffset"), zone),
    )
