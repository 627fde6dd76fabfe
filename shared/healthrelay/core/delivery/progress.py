"""When to try a target again, when to stop and whom to call: decided here, done elsewhere.

A target is ``ok``; or ``failing``, and tried again by `SCHEDULE`, for 75.6 hours; or
``paused``, for somebody must act, and only probed now and then. What all attempts could not
deliver becomes a dead letter. A failing target is then probed once a day, and the first
success opens it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from healthrelay.core.errors import HealthrelayError, Misconfigured, RateLimited, Refused
from healthrelay.core.json import Json

SCHEDULE = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds to wait before each attempt after the one before."""
JITTER = 0.1
"""The longest part of a wait that is added at random, lest all targets be tried at once."""
PROBE = 3_600
"""Seconds between two looks at whether a paused target was mended."""
REPEAT = timedelta(days=1)
"""How long a snapshot is taken to be safe with a target that may forget it, unless the owner
says otherwise."""

OK, FAILING, PAUSED = "ok", "failing", "paused"
AMBIGUOUS = "ambiguous"
"""The cause of a failure behind which something may hide that only the owner can mend."""


class Dead(NamedTuple):
    """Entries *first* to *last*, given up on."""

    first: int
    last: int


class Progress(NamedTuple):
    """How far one target has followed one person's log, and how it is doing."""

    sequence: int = 0
    """The newest entry that the target has, or that was given up on."""
    state: str = OK
    attempt: int = 0
    """Attempts that failed since the last success."""
    due: datetime | None = None
    """No attempt before; None is at once, or, when paused, not until the owner has acted."""
    since: datetime | None = None
    """When it began to fail."""
    sentence: str = ""
    cause: str = ""
    who: str = ""
    """The last failure, as its error told it."""
    names: tuple[str, ...] = ()
    """The settings that it named."""
    at: datetime | None = None
    """The last success."""
    dead: tuple[Dead, ...] = ()
    died: datetime | None = None
    """When the newest of them was given up on."""


class Chance(NamedTuple):
    """The circumstances of an attempt: the instant, and a number from 0 up to 1 for jitter."""

    now: datetime
    jitter: float = 0.0


def behind(progress: Progress, head: int) -> int:
    """How many entries the target lacks, those given up on among them."""
    return max(head - progress.sequence, 0) + sum(last - first + 1 for first, last in progress.dead)


def is_due(progress: Progress, head: int, now: datetime, repeat: timedelta | None) -> bool:
    """Whether to make an attempt *now*.

    A target that takes the whole snapshot each time, and may forget it, is told again after
    *repeat*; what was given up on is no loss to it, for the next success brings that too.
    None is for one that takes each entry once.
    """
    if progress.state == PAUSED and progress.due is None:
        return False
    if progress.due is not None and now < progress.due:
        return False
    if head > progress.sequence or repeat is None:
        return head > progress.sequence
    return bool(progress.dead) or _stale(progress, now - repeat)


def upcoming(progress: Progress, head: int, now: datetime) -> datetime | None:
    """The instant that is worth a call of its own; None where the next sweep is soon enough.

    A failing target is tried on time by `SCHEDULE`, and what a call left undone goes on at
    once. Probes, and the repetition of a snapshot, may wait for the sweep.
    """
    if progress.state == FAILING and progress.attempt < len(SCHEDULE):
        return progress.due
    return now if progress.state == OK and head > progress.sequence else None


def succeeded(progress: Progress, sequence: int, now: datetime, whole: bool) -> Progress:
    """After a success: *sequence* is there, and all is well."""
    reached = Progress(max(sequence, progress.sequence), at=now)
    return reached if whole else reached._replace(dead=progress.dead, died=progress.died)


def buried(progress: Progress, first: int, last: int) -> Progress:
    """Without its dead letters *first* to *last*."""
    dead = without(progress.dead, first, last)
    return progress._replace(dead=dead, died=progress.died if dead else None)


def failed(progress: Progress, error: HealthrelayError, last: int, chance: Chance) -> Progress:
    """After a failure to deliver everything up to *last*, in an attempt that was due."""
    told = _told(progress, error, chance)
    if isinstance(error, Refused):
        return told._replace(state=PAUSED, due=None)
    # The same doubtful answer twice: it is no accident, and somebody should look.
    doubtful = error.cause == AMBIGUOUS == progress.cause
    if isinstance(error, Misconfigured) or doubtful:
        return told._replace(state=PAUSED, due=_later(PROBE, error, chance), who="owner")
    attempt = progress.attempt + 1
    wait = SCHEDULE[min(attempt, len(SCHEDULE) - 1)]
    told = told._replace(state=FAILING, attempt=attempt, due=_later(wait, error, chance))
    return _given_up(told, last, chance.now) if attempt == len(SCHEDULE) else told


def knocked(progress: Progress, error: HealthrelayError, chance: Chance) -> Progress:
    """After a failure out of turn, at somebody's wish: it takes no attempt away."""
    once = failed(progress, error, progress.sequence, chance)
    if progress.state == OK or once.state == PAUSED:
        return once
    told = _told(progress, error, chance)
    asked = isinstance(error, RateLimited) and progress.due is not None
    return told._replace(due=_later(0, error, chance)) if asked else told


def trouble(progress: Progress) -> HealthrelayError | None:
    """The last failure, as long as it lasts."""
    if progress.state == OK:
        return None
    error = Misconfigured(progress.sentence, progress.names).named(progress.cause)
    error.who = progress.who
    return error


def without(dead: tuple[Dead, ...], first: int, last: int) -> tuple[Dead, ...]:
    """*dead* letters that are not among *first* to *last*."""
    rest = [
        part
        for one in dead
        for part in (
            Dead(one.first, min(one.last, first - 1)),
            Dead(max(one.first, last + 1), one.last),
        )
    ]
    return tuple(part for part in rest if part.first <= part.last)


def _told(progress: Progress, error: HealthrelayError, chance: Chance) -> Progress:
    return progress._replace(
        since=progress.since or chance.now,
        sentence=error.sentence,
        cause=error.cause,
        who=error.who,
        names=error.names if isinstance(error, Misconfigured) else (),
    )


def _stale(progress: Progress, limit: datetime) -> bool:
    return progress.sequence > 0 and (progress.at is None or progress.at <= limit)


def _given_up(progress: Progress, last: int, now: datetime) -> Progress:
    first = progress.sequence + 1
    if last < first:
        return progress
    before = progress.dead
    if before and before[-1].last + 1 == first:
        first, before = before[-1].first, before[:-1]
    return progress._replace(sequence=last, dead=(*before, Dead(first, last)), died=now)


def _later(seconds: float, error: HealthrelayError, chance: Chance) -> datetime:
    """That long from now, or longer where the target itself asked for a pause."""
    wait = seconds * (1 + JITTER * chance.jitter)
    if isinstance(error, RateLimited):
        wait = max(wait, error.after)
    return chance.now + timedelta(seconds=wait)


def document(progress: Progress) -> dict[str, Json]:
    """*progress* as the stores keep it: what is as at the beginning stays out."""
    said: dict[str, Json] = {}
    for name, value in progress._asdict().items():
        if value == getattr(_BEGINNING, name):
            continue
        if isinstance(value, datetime):
            said[name] = value.isoformat()
        elif name == "dead":
            said[name] = [[first, last] for first, last in value]
        else:
            said[name] = list(value) if name == "names" else value
    return said


def from_document(said: Mapping[str, Any]) -> Progress:
    """What `document` made of it."""
    values = dict(said)
    for name in ("due", "since", "at", "died"):
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    values["names"] = tuple(values.get("names", ()))
    values["dead"] = tuple(Dead(*one) for one in values.get("dead", ()))
    return Progress(**values)


_BEGINNING = Progress()
