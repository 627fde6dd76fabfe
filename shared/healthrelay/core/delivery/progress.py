"""When to try a target again, when to stop and who must act: decided here, done elsewhere.

A target is ``ok``; or ``failing``, and tried again by `SCHEDULE_SECONDS`, for 75.6 hours; or
``paused``, because somebody must act, and only probed now and then. What all attempts could
not deliver becomes a dead letter. A failing target is then probed once a day, and the first
success opens it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from healthrelay.core.errors import HealthrelayError, Misconfigured, RateLimited, Refused
from healthrelay.core.json import instant, require

if TYPE_CHECKING:
    from healthrelay.core.json import Json
    from healthrelay.core.trouble import Trouble

SCHEDULE_SECONDS = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds to wait before each attempt after the one before."""
JITTER = 0.1
"""The longest part of a wait that is added at random, so that not all are tried at once."""
PROBE_SECONDS = 3_600
"""Between two looks at whether a paused target was fixed."""
REPEAT = timedelta(days=1)
"""How long a snapshot is taken to be safe with a target that may forget it; a setting."""

SNAPSHOT, LOG, READER = "snapshot", "log", "reader"
"""A target takes the newest snapshot, or each entry once; a reader pulls and acknowledges."""
_STORED_SNAPSHOT, _STORED_READER = "igor", "reader:"

OK, FAILING, PAUSED = "ok", "failing", "paused"
AMBIGUOUS = "ambiguous"
"""The cause of a failure behind which something may hide that only the owner can fix."""
KEY_REFUSED, ADDRESS_REFUSED = "key_refused", "address_refused"
"""Why a receiver that answers took nothing, where waiting alone hardly helps: the causes."""


def kind_of(name: str) -> str:
    """Return the kind of the follower whose progress is stored as *name*."""
    if name == _STORED_SNAPSHOT:
        return SNAPSHOT
    return READER if name.startswith(_STORED_READER) else LOG


def reader_key(reader: str) -> str:
    """Return the name as which the progress of *reader* is stored."""
    return _STORED_READER + reader


class DeadLetters(NamedTuple):
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
    trouble: Trouble | None = None
    """The last failure, since when the target fails."""
    at: datetime | None = None
    """The last success."""
    dead: tuple[DeadLetters, ...] = ()
    died: datetime | None = None
    """When the newest of them was given up on."""

    def to_document(self) -> dict[str, Json]:
        """Return the progress as the stores keep it: what is as at the beginning stays out."""
        document: dict[str, Any] = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in self._asdict().items()
            if value != self._field_defaults[name]
        }
        if self.trouble:
            document["trouble"] = self.trouble.to_document()
        if self.dead:
            document["dead"] = [list(letters) for letters in self.dead]
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Progress:
        """Return the progress in *document*. Raise `ValueError` and its like if there is none."""
        values = dict(document)
        values["trouble"] = _trouble(values)
        for name in ("due", "at", "died"):
            if name in values:
                values[name] = instant(values[name])
        values["dead"] = tuple(
            DeadLetters(require(first, int), require(last, int))
            for first, last in values.get("dead", ())
        )
        progress = cls(**values)
        require(progress.sequence, int)
        require(progress.attempt, int)
        if progress.state not in (OK, FAILING, PAUSED):
            raise ValueError("a progress has one of three states")
        return progress


class Chance(NamedTuple):
    """The circumstances of an attempt: the instant, and a number from 0 up to 1 for jitter."""

    now: datetime
    jitter: float = 0.0


def behind(progress: Progress, head: int) -> int:
    """Return how many entries the target lacks, with those given up on."""
    return max(head - progress.sequence, 0) + dead_letters(progress)


def dead_letters(progress: Progress) -> int:
    """Return how many entries were given up on."""
    return sum(last - first + 1 for first, last in progress.dead)


def is_due(progress: Progress, head: int, now: datetime, repeat: timedelta | None) -> bool:
    """Return whether to make an attempt *now*.

    A snapshot target may forget what it has and gets it again after *repeat*; so it does what was
    given up on, with the next success. None is for one that takes each entry once.
    """
    waits = now < progress.due if progress.due else progress.state == PAUSED
    if waits:
        return False
    if head > progress.sequence or repeat is None:
        return head > progress.sequence
    stale = progress.at is None or progress.at <= now - repeat
    return bool(progress.dead) or (progress.sequence > 0 and stale)


def upcoming(progress: Progress, head: int, now: datetime) -> datetime | None:
    """Return the instant of a scheduled attempt, or *now* for what a call left undone.

    None is for probes and for the repetition of a snapshot, which may wait for the sweep.
    """
    if progress.state == FAILING and progress.attempt < len(SCHEDULE_SECONDS):
        return progress.due
    return now if progress.state == OK and head > progress.sequence else None


def after_success(progress: Progress, sequence: int, now: datetime, whole: bool) -> Progress:
    """Return the progress after a success: *sequence* is there, and all is well."""
    reached = Progress(max(sequence, progress.sequence), at=now)
    return reached if whole else reached._replace(dead=progress.dead, died=progress.died)


def drop_dead_letters(progress: Progress, first: int, last: int) -> Progress:
    rest = [DeadLetters(one.first, min(one.last, first - 1)) for one in progress.dead]
    rest += [DeadLetters(max(one.first, last + 1), one.last) for one in progress.dead]
    dead = tuple(sorted(part for part in rest if part.first <= part.last))
    return progress._replace(dead=dead, died=progress.died if dead else None)


def after_failure(
    progress: Progress, error: HealthrelayError, last: int, chance: Chance
) -> Progress:
    """Return the progress after a failure, in a due attempt to deliver everything up to *last*."""
    failing = _with_failure(progress, error, chance)
    if isinstance(error, Refused):
        return failing._replace(state=PAUSED, due=None)
    # The same doubtful answer twice: it is no accident, and somebody should look.
    before = progress.trouble.cause if progress.trouble else ""
    if isinstance(error, Misconfigured) or error.cause == AMBIGUOUS == before:
        failing = _with_failure(progress, error, chance, who="owner")
        return failing._replace(state=PAUSED, due=_later(PROBE_SECONDS, error, chance))
    attempt = progress.attempt + 1
    wait = SCHEDULE_SECONDS[min(attempt, len(SCHEDULE_SECONDS) - 1)]
    failing = failing._replace(state=FAILING, attempt=attempt, due=_later(wait, error, chance))
    return _give_up(failing, last, chance.now) if attempt == len(SCHEDULE_SECONDS) else failing


def failed_out_of_turn(progress: Progress, error: HealthrelayError, chance: Chance) -> Progress:
    """Return the progress after a forced attempt failed: it takes no scheduled one away."""
    once = after_failure(progress, error, progress.sequence, chance)
    if progress.state == OK or once.state == PAUSED:
        return once
    moved = isinstance(error, RateLimited) and progress.due is not None
    due = _later(0, error, chance) if moved else progress.due
    return _with_failure(progress, error, chance)._replace(due=due)


def trouble_of(progress: Progress, user: str, target: str) -> Trouble | None:
    """Return what stands in the way of a delivery to *target*, and what to do where it waits."""
    step = f"Fix this, then: healthrelay relay replay {user} --target {target}"
    trouble, paused = progress.trouble, progress.state == PAUSED
    return trouble._replace(next_step=step) if trouble and paused else trouble


def _with_failure(
    progress: Progress, error: HealthrelayError, chance: Chance, who: str = ""
) -> Progress:
    """Return *progress* with its newest trouble; it lasts since the first."""
    since = progress.trouble.since if progress.trouble else chance.now
    trouble = error.as_trouble(chance.now)
    return progress._replace(trouble=trouble._replace(since=since, who=who or trouble.who))


def _give_up(progress: Progress, last: int, now: datetime) -> Progress:
    first, before = progress.sequence + 1, progress.dead
    if last < first:
        return progress
    if before and before[-1].last + 1 == first:
        first, before = before[-1].first, before[:-1]
    return progress._replace(sequence=last, dead=(*before, DeadLetters(first, last)), died=now)


def _later(seconds: float, error: HealthrelayError, chance: Chance) -> datetime:
    """Return that long from now, or longer where the target itself wants a pause."""
    wait = seconds * (1 + JITTER * chance.jitter)
    if isinstance(error, RateLimited):
        wait = max(wait, error.after)
    return chance.now + timedelta(seconds=wait)


def _trouble(values: dict[str, Any]) -> Trouble | None:
    """Take the trouble out of a document's *values*, which 0.1.0 stored among the others."""
    flat = {new: values.pop(old) for old, new in _FLAT.items() if old in values}
    document = values.pop("trouble", None) or flat
    if not document:
        return None
    from healthrelay.core.trouble import Trouble  # noqa: PLC0415 - a poll meets none

    return Trouble.from_document({"cause": "", "who": "", "sentence": ""} | document)


_FLAT = {n: n for n in ("cause", "who", "sentence", "since")} | {"names": "settings"}
