"""What is due, and when: from the clock alone, so that nothing is stored.

A person's time is cut into slots as long as their interval; a stable hash of the name places the
cuts, so that people spread evenly over every hour. Each slot has one task, named after person
and slot. It may be enqueued again and again: the queue knows the name and takes it once.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)
AHEAD = timedelta(minutes=15)
"""How long before a slot begins its task may be enqueued, to run when it begins: the scheduler's
own pace, so that each slot begins on its second and not at the next tick."""


class Task(NamedTuple):
    """One piece of work for the function *function* and the person *user*."""

    function: str
    """``fetch`` or ``deliver``."""
    user: str
    name: str
    """Tasks of one name are one task. Letters, digits, ``-`` and ``_``, up to 500."""
    at: datetime | None = None
    """Not before then; None: at once."""
    params: tuple[tuple[str, str], ...] = ()
    """The function's arguments beside the user, as names and values."""


def due(user: str, interval: timedelta, now: datetime, dedup_window: timedelta) -> list[Task]:
    """Return the fetches of *user* to enqueue at *now*: of this slot, and of the next if near.

    *dedup_window* is how long the queue knows a name after its task has run. A slot that began
    longer ago is left to the next one, which reads what was missed: nobody knows any more
    whether it had its fetch.
    """
    length, second = int(interval.total_seconds()), int(now.timestamp())
    slot, begins = _slot(user, length, second)
    tasks = []
    if second - begins <= (dedup_window - AHEAD).total_seconds():
        tasks.append(_fetch(user, length, slot))
    if begins + length - second <= AHEAD.total_seconds():
        starts = datetime.fromtimestamp(begins + length, UTC)
        tasks.append(_fetch(user, length, slot + 1)._replace(at=starts))
    return tasks


def slot_start(user: str, interval: timedelta, now: datetime) -> datetime:
    """Return when the slot of *user* began that *now* lies in."""
    _, begins = _slot(user, int(interval.total_seconds()), int(now.timestamp()))
    return datetime.fromtimestamp(begins, UTC)


def asked_fetch(user: str, now: datetime, params: Mapping[str, str]) -> Task:
    """Return the fetch that somebody asks for at *now*: the same one for a whole minute."""
    which = "-".join(f"{name}-{value}" for name, value in sorted(params.items()))
    minute = f"{now.astimezone(UTC):%Y%m%dT%H%M}"
    name = f"{_hash(user):016x}-asked-{minute}-{_hash(which):016x}"
    return Task("fetch", user, name, params=tuple(sorted(params.items())))


def delivery(user: str, head: int) -> Task:
    """Return the delivery of what a fetch has written, up to the log entry *head*."""
    return Task("deliver", user, f"{_hash(user):016x}-deliver-{head}")


def retry(user: str, at: datetime) -> Task:
    """Return the next attempt to deliver; the same instant *at* is the same task."""
    instant = f"{at.astimezone(UTC):%Y%m%dT%H%M%S-%f}"
    return Task("deliver", user, f"{_hash(user):016x}-retry-{instant}", at)


def acknowledgement(user: str, reader: str, sequence: int) -> Task:
    """Return the task that notes that *reader* has everything up to *sequence*."""
    name = f"{_hash(user):016x}-ack-{_hash(reader):016x}-{sequence}"
    return Task("deliver", user, name, params=(("reader", reader), ("cursor", str(sequence))))


def remind(since: datetime, now: datetime, pace: timedelta) -> bool:
    """Return whether to report at *now* what has lasted since *since*: once for each full day.

    The caller looks once every *pace*; one that looks more often reports it more often.
    """
    return (now - since) // DAY > max((now - pace - since) // DAY, 0)


def _fetch(user: str, length: int, slot: int) -> Task:
    # The hash comes first: Cloud Tasks slows down under names that begin alike.
    return Task("fetch", user, f"{_hash(user):016x}-fetch-{length}-{slot}")


def _slot(user: str, length: int, second: int) -> tuple[int, int]:
    """Return the number of the slot that *second* lies in, and the second at which it begins."""
    offset = _hash(user) % length
    slot = (second - offset) // length
    return slot, slot * length + offset


def _hash(user: str) -> int:
    return int.from_bytes(hashlib.blake2b(user.encode(), digest_size=8).digest())
