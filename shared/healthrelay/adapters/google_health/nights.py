"""One session of sleep as Google has it: its times, its stages and its figures.

Google leaves out what is zero. Of a session that it has not worked out yet, and of one without
a summary, what it leaves out is not known instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
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

SLEEP = sessions("sleep")
MAX_LENGTH = timedelta(days=3)
"""Nobody sleeps longer."""
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
    summary: Mapping[str, Any]

    @property
    def day(self) -> str:
        """The local day of waking up."""
        return self.span.local_end.date().isoformat()

    def minutes(self, member: str) -> int | None:
        """Return a figure of the summary; None as long as it is not known."""
        if member in self.summary:
            minutes = number(self.summary, member)
            return None if minutes is None else int(minutes)
        return 0 if self.settled else None

    @property
    def in_bed(self) -> int:
        """Minutes; those between the first and the last instant when Google does not say."""
        return self.minutes("minutesInSleepPeriod") or (self.span.end - self.span.start) // MINUTE

    @property
    def efficiency(self) -> int | None:
        """Percent of the time in bed that was sleep: Google has no such figure."""
        asleep = self.minutes("minutesAsleep")
        return None if asleep is None or not self.in_bed else round(100 * asleep / self.in_bed)

    def tally(self) -> Tally:
        """Return the stages by kind, in Google's own count if it has one; empty without any."""
        if stages := self.summary.get("stagesSummary"):
            known = [stage for stage in stages if _is_known(stage)]
            return {s["type"]: (int(s.get("count", 0)), int(s.get("minutes", 0))) for s in known}
        times: dict[str, list[timedelta]] = {}
        for stage in self.stages:
            times.setdefault(stage.kind, []).append(stage.span.end - stage.span.start)
        return {k: (len(each), sum(each, timedelta()) // MINUTE) for k, each in times.items()}


def nights(answers: Answers) -> list[Night]:
    """All sessions in the order in which they began."""
    nights = answers.each(SLEEP, lambda point: _checked(_night(point, answers.zone)))
    return sorted(nights, key=lambda night: (night.span.start, night.log_id))


def _checked(night: Night) -> Night:
    """Return *night*, each of whose figures can be worked out. Raise otherwise."""
    night.tally()
    night.kind.lower()
    for member in night.summary.keys() & _FIGURES:
        night.minutes(member)
    return night


def _night(point: Raw, zone: str | None) -> Night:
    value = value_of(point, "sleep")
    metadata, summary = value.get("metadata") or {}, value.get("summary") or {}
    span = _stretch(value["interval"], zone)
    return Night(
        log_id=log_id(point, span.start),
        span=span,
        kind=value.get("type") or "",
        main=bool(metadata.get("mainSleep")),
        settled=bool(metadata.get("processed")) and "minutesInSleepPeriod" in summary,
        stages=tuple(_stages(value, zone)),
        summary=summary,
    )


def _is_known(stage: Mapping[str, Any]) -> bool:
    """Return whether *stage* says of what kind it is. Raises `KeyError` where it should and not."""
    return stage["type"] is not None and text(stage, "type") is not None


def _stages(value: Mapping[str, Any], zone: str | None) -> list[Stage]:
    known = [stage for stage in value.get("stages") or [] if _is_known(stage)]
    stages = [Stage(stage["type"], _stretch(stage, zone)) for stage in known]
    return sorted(stages, key=lambda stage: stage.span.start)


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
