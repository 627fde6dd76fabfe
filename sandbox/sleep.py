"""Sleep: sessions made of stages, and the figures both APIs derive from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

_STAGED = frozenset({"LIGHT", "DEEP", "REM"})
_ASLEEP = _STAGED | {"ASLEEP"}
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stretch of a night: AWAKE, LIGHT, DEEP, REM, or in classic sleep ASLEEP, RESTLESS."""

    kind: str
    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        """How long it lasted."""
        return (self.end - self.start) // _MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleep:
    """One session. Without stages it was noticed, but is not worked out yet."""

    start: datetime
    end: datetime
    log_id: str
    stages: tuple[Stage, ...]
    nap: bool = False
    processed: bool = True

    @property
    def day(self) -> date:
        """The civil day of waking up; sleep is booked on it."""
        return self.end.date()

    @property
    def staged(self) -> bool:
        """Return whether it has real stages, in contrast to classic sleep."""
        return any(stage.kind in _STAGED for stage in self.stages)

    @property
    def in_bed(self) -> int:
        """Minutes from going to bed until getting up."""
        return (self.end - self.start) // _MINUTE

    @property
    def asleep(self) -> int:
        """Minutes asleep; all of them as long as nobody knows better."""
        return self.minutes(*_ASLEEP) if self.stages else self.in_bed

    @property
    def after_wakeup(self) -> int:
        """Minutes awake at the very end."""
        last = self.stages[-1:]
        return sum(stage.minutes for stage in last if stage.kind == "AWAKE")

    @property
    def efficiency(self) -> int:
        """Percent of the time in bed that was sleep."""
        return round(100 * self.asleep / self.in_bed) if self.in_bed else 0

    def minutes(self, *kinds: str) -> int:
        """Minutes in stages of *kinds*."""
        return sum(stage.minutes for stage in self.stages if stage.kind in kinds)

    def count(self, kind: str) -> int:
        """How many stages of *kind* there are."""
        return sum(stage.kind == kind for stage in self.stages)

    def unprocessed(self) -> Sleep:
        """Return the same session, as it looks while its stages are still being computed."""
        return replace(self, stages=(), processed=False)


def main_sleep(sessions: list[Sleep]) -> Sleep:
    """Return the longest of one day's sessions; those with stages go first."""
    return max(sessions, key=lambda session: (session.staged, session.in_bed))


def by_day(sessions: list[Sleep]) -> dict[date, list[Sleep]]:
    """Sessions under the days they are booked on, ascending."""
    days: dict[date, list[Sleep]] = {}
    for session in sorted(sessions, key=lambda session: session.start):
        days.setdefault(session.day, []).append(session)
    return days
