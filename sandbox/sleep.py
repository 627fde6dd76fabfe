"""Sleep: sessions made of stages, and the figures both APIs derive from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import takewhile

from sandbox.decimals import round_half_up

_STAGED = frozenset({"LIGHT", "DEEP", "REM"})
_ASLEEP = _STAGED | {"ASLEEP"}
_MINUTE = timedelta(minutes=1)
_LONG, _LONGEST_SHORT = 30, 2


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
    """One session. Without stages it was noticed, but is not worked out yet.

    *short* are awakenings that lie within its stages. The figures are Fitbit's, as recorded
    answers of its version 1 have them: `tests/recorded_sleep.py` says which, and compares.
    """

    start: datetime
    end: datetime
    log_id: str
    stages: tuple[Stage, ...]
    short: tuple[Stage, ...] = ()
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
        """Minutes at the very end that were no sleep."""
        last = takewhile(lambda stage: stage.kind not in _ASLEEP, reversed(self.stages))
        return sum(stage.minutes for stage in last)

    @property
    def awake(self) -> int:
        """Minutes awake; of a classic session the restless ones too, without those at the end."""
        if self.staged:
            return self.minutes("AWAKE")
        return self.in_bed - self.asleep - self.after_wakeup

    @property
    def awakenings(self) -> int:
        """How often the wearer woke up; to stir in a classic session counts as well."""
        return self.count("AWAKE") + self.count("RESTLESS")

    @property
    def efficiency(self) -> int:
        """Percent of the time asleep or awake that was sleep."""
        known = self.asleep + self.awake
        return int(round_half_up(Decimal(100 * self.asleep) / known, 0)) if known else 0

    def minutes(self, *kinds: str) -> int:
        """Minutes in stages of *kinds*."""
        return sum(stage.minutes for stage in self.stages if stage.kind in kinds)

    def count(self, kind: str) -> int:
        """How many stages of *kind* there are."""
        return sum(stage.kind == kind for stage in self.stages)

    def unprocessed(self) -> Sleep:
        """Return the same session, as it looks while its stages are still being computed."""
        return replace(self, stages=(), short=(), processed=False)

    def with_short_awakenings(self) -> Sleep:
        """Return the same session with a minute or two awake within each long light stage."""
        middles = [
            (stage.start + stage.minutes // 2 * _MINUTE, 1 + stage.minutes % _LONGEST_SHORT)
            for stage in self.stages
            if stage.kind == "LIGHT" and stage.minutes >= _LONG
        ]
        short = (
            Stage(kind="AWAKE", start=start, end=start + minutes * _MINUTE)
            for start, minutes in middles
        )
        return replace(self, short=tuple(short))


def main_sleep(sessions: list[Sleep]) -> Sleep:
    """Return the longest of one day's sessions; those with stages go first."""
    return max(sessions, key=lambda session: (session.staged, session.in_bed))


def by_day(sessions: list[Sleep]) -> dict[date, list[Sleep]]:
    """Sessions under the days they are booked on, ascending."""
    days: dict[date, list[Sleep]] = {}
    for session in sorted(sessions, key=lambda session: session.start):
        days.setdefault(session.day, []).append(session)
    return days
