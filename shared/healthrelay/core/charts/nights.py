"""Nights and naps on the day of waking, as stretches of sleep by the wearer's own clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.charts.clock_change import ClockChange, change_within
from healthrelay.core.charts.values import SLEEP

if TYPE_CHECKING:
    from healthrelay.core.measurements.records import Record

MINUTE, MILLISECOND = timedelta(minutes=1), timedelta(milliseconds=1)
LONGEST = timedelta(hours=36)
"""A session that is longer is none."""
_DAY_SECONDS, _LONGEST_SECONDS = 86_400, int(LONGEST.total_seconds())
_MINUTE_MILLISECONDS = 60_000


class SleepStage(Enum):
    """How deep somebody sleeps; the value is the one of a drawing and of a file."""

    AWAKE = "awake"
    REM = "rem"
    LIGHT = "light"
    DEEP = "deep"


_STAGES = {
    "wake": SleepStage.AWAKE,
    "awake": SleepStage.AWAKE,
    "rem": SleepStage.REM,
    "light": SleepStage.LIGHT,
    "deep": SleepStage.DEEP,
    # A session without stages says only this much: it is drawn as a plain ribbon.
    "asleep": SleepStage.LIGHT,
    "restless": SleepStage.LIGHT,
}


class SleepStretch(NamedTuple):
    """A part of a session, in minutes from midnight at the beginning of the day of waking."""

    stage: SleepStage
    begin: int
    end: int
    shift: int = 0
    """How many minutes further the clock shows than the one by which the session began."""

    @property
    def minutes(self) -> int:
        return self.end - self.begin


class SleepSession(NamedTuple):
    """A night or a nap; times are in minutes from midnight of the day of waking, so that 23:00 of
    the evening before is -60."""

    begin: int
    end: int
    asleep: int
    """Minutes."""
    main: bool
    staged: bool
    """Whether its depth is known."""
    stretches: tuple[SleepStretch, ...]
    """In order and without overlap; of a session of which nothing else is known, one.

    By the clock an hour may come twice, or not at all: one in which it is changed is two.
    """
    shift: int = 0
    """How many minutes further the clock shows at the end than the one of the beginning."""

    @property
    def length(self) -> int:
        """The minutes that passed."""
        return self.end - self.shift - self.begin

    def minutes(self, stage: SleepStage) -> int:
        return sum(part.minutes for part in self.stretches if part.stage is stage)


class SleepDay(NamedTuple):
    """All that was slept until the evening of a day."""

    day: date
    sessions: tuple[SleepSession, ...]
    """The main one first."""

    @property
    def main(self) -> SleepSession:
        return self.sessions[0]

    @property
    def asleep(self) -> int:
        """The minutes of the night and of all naps."""
        return sum(session.asleep for session in self.sessions)


def nights(
    records: Iterable[Record], now: datetime, staged_from: date = date.min
) -> dict[date, SleepDay]:
    """Return the nights in *records* by their day; *now* is civil time.

    A session that is still going on, or that has no beginning and end, is left out. Stages are
    read of the days from *staged_from* on: they are most of the work, and a mean night has none.
    """
    by_day: dict[date, list[SleepSession]] = {}
    for record in records:
        if record.series == SLEEP:
            day = date.fromisoformat(record.when[:10])
            session = _session(record.data, day, now, staged=day >= staged_from)
            if session:
                by_day.setdefault(day, []).append(session)
    return {day: SleepDay(day, _in_order(by_day[day])) for day in sorted(by_day)}


def _in_order(sessions: Iterable[SleepSession]) -> tuple[SleepSession, ...]:
    return tuple(sorted(sessions, key=lambda one: (not one.main, -one.asleep, one.begin)))


def _session(
    data: Mapping[str, object], day: date, now: datetime, *, staged: bool
) -> SleepSession | None:
    begin, end = _moment(data.get("startTime")), _end(data)
    if begin is None or end is None or end > now or not timedelta() < end - begin < LONGEST:
        return None
    midnight = datetime.combine(day, time())
    first, last = (begin - midnight) // MINUTE, (end - midnight) // MINUTE
    if first == last:
        return None
    levels, asleep = data.get("levels"), data.get("minutesAsleep")
    if not isinstance(levels, Mapping) or (isinstance(asleep, int) and not staged):
        levels = {}
    took = data.get("duration")
    ahead = last - first - took // _MINUTE_MILLISECONDS if isinstance(took, int) else 0
    parts = _parts(levels.get("data"), midnight)
    change = change_within([part[1:3] for part in parts], last, ahead)
    short = _in_passing(_parts(levels.get("shortData"), midnight), change)
    stretches = tuple(_stretches(_in_passing(parts, change), short, (first, last), change))
    stretches = stretches or (SleepStretch(SleepStage.LIGHT, first, last),)
    return SleepSession(
        begin=first,
        end=last,
        asleep=asleep if isinstance(asleep, int) else _minutes_asleep(stretches),
        main=data.get("isMainSleep") is not False,
        staged=any(part.stage in (SleepStage.DEEP, SleepStage.REM) for part in stretches),
        stretches=stretches,
        shift=change.shift if change else 0,
    )


def _minutes_asleep(stretches: Iterable[SleepStretch]) -> int:
    return sum(part.minutes for part in stretches if part.stage is not SleepStage.AWAKE)


def _end(data: Mapping[str, object]) -> datetime | None:
    """Return when a session ended; earlier answers have only how many milliseconds it took."""
    if end := _moment(data.get("endTime")):
        return end
    begin, duration = _moment(data.get("startTime")), data.get("duration")
    if begin is None or not isinstance(duration, int):
        return None
    # Whatever is longer is left out, and must not overflow.
    return begin + min(max(duration, 0), LONGEST // MILLISECOND) * MILLISECOND


def _stretches(
    parts: Iterable[SleepStretch],
    short: Sequence[SleepStretch],
    times: tuple[int, int],
    change: ClockChange | None,
) -> Iterator[SleepStretch]:
    """Yield the stretches between both *times* by the clock, with the *short* wakings cut out of
    the long ones, as the legacy answer counts them."""
    at, last = times[0], times[1] - (change.shift if change else 0)
    for part in _without(parts, short):
        begin, end = max(part.begin, at), min(part.end, last)
        if begin < end:
            for piece in change.by_clock(begin, end) if change else [(begin, end, 0)]:
                yield SleepStretch(part.stage, *piece)
            at = end


def _in_passing(parts: list[SleepStretch], change: ClockChange | None) -> list[SleepStretch]:
    """Return *parts* as if the clock by which the session began was never changed."""
    if change is None:
        return sorted(parts, key=lambda part: part.begin)
    times = change.passing([part[1:3] for part in parts])
    return [SleepStretch(part.stage, *time) for part, time in zip(parts, times, strict=True)]


def _parts(listed: object, midnight: datetime) -> list[SleepStretch]:
    """Return the stages that are *listed*; what is none of them is left out."""
    parts = []
    elements = listed if isinstance(listed, list) else ()
    for element in (one for one in elements if isinstance(one, Mapping)):
        begin, seconds = _moment(element.get("dateTime")), element.get("seconds")
        stage = _STAGES.get(str(element.get("level")))
        if begin and stage and isinstance(seconds, int) and 0 < seconds < _LONGEST_SECONDS:
            since = begin - midnight
            at = since.days * _DAY_SECONDS + since.seconds
            parts.append(SleepStretch(stage, at // 60, (at + seconds) // 60))
    return parts


def _without(
    parts: Iterable[SleepStretch], short: Sequence[SleepStretch]
) -> Iterator[SleepStretch]:
    for part in parts:
        at = part.begin
        for waking in short:
            if at <= waking.begin and waking.end <= part.end and waking.begin < part.end:
                yield part._replace(begin=at, end=waking.begin)
                yield waking
                at = waking.end
        yield part if at == part.begin else part._replace(begin=at)


def _moment(value: object) -> datetime | None:
    """Return a civil time; an offset beside it is left out."""
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=None)
    except ValueError:
        return None
