"""One task for everybody who is due, so that what is slow or broken delays nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.defect import as_error, isolate, log_cause
from healthrelay.core.delivery.tasks import due, remind, slot_start
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.household.settings import interval
from healthrelay.core.runs import FAN_OUT
from healthrelay.flows.grants.document import has_ended, unread_since
from healthrelay.flows.runs import record_runs

if TYPE_CHECKING:
    from healthrelay.ports.peers import LogEvent, Queue
    from healthrelay.ports.store import Store

WORKERS = 8
"""A queue in the cloud takes its time for each name."""


class FannedOut(NamedTuple):
    """How many people there are, how many of them are due, and how many tasks are new."""

    people: int
    due: int
    enqueued: int
    troubles: Mapping[str, HealthrelayError]
    """Person → why nothing was enqueued for them."""


class _Turn(NamedTuple):
    """What became of one person; *unread* is since when, and why, where that is long ago."""

    due: bool = False
    enqueued: int = 0
    trouble: HealthrelayError | None = None
    unread: tuple[datetime, str] | None = None


def fan_out(
    store: Store, queue: Queue, now: datetime, log_event: LogEvent = lambda *_, **__: None
) -> FannedOut:
    """Enqueue a fetch for each person due at *now*; doing it twice enqueues once.

    Who has given no consent, or must give it again, is not due. For whom nothing was read for
    a day, in spite of the fetches, the log gets a line with the first fetch of another day.
    Raises only what stood in the way of knowing who there is.
    """
    people = store.identities.names()

    def turn(user: str) -> _Turn:
        done = isolate(_take_turn, user, store, queue, now)
        return _Turn(trouble=done) if isinstance(done, HealthrelayError) else done

    if len(people) == 1:
        # A household of one needs no thread for it.
        turns = {user: turn(user) for user in people}
    else:
        with ThreadPoolExecutor(WORKERS) as pool:
            turns = dict(zip(people, pool.map(turn, people), strict=True))
    for user, one in turns.items():
        if one.unread:
            since, cause = one.unread
            log_event("ERROR", "stale", user=user, since=since.isoformat(), cause=cause)
    record_runs({FAN_OUT: now}, store.runs, log_event)
    troubles = {user: one.trouble for user, one in turns.items() if one.trouble}
    for user, trouble in troubles.items():
        severe = "WARNING" if trouble.who == "nobody" else "ERROR"
        log_event(severe, "fan-out", user=user, cause=log_cause(trouble))
    return FannedOut(
        people=len(people),
        due=sum(one.due for one in turns.values()),
        enqueued=sum(one.enqueued for one in turns.values()),
        troubles=troubles,
    )


def _take_turn(user: str, store: Store, queue: Queue, now: datetime) -> _Turn:
    settings = store.identities.settings(user)
    if settings is None:
        # Removed since the names were read.
        return _Turn()
    every = interval(settings)
    tasks = due(user, every, now, queue.dedup_window)
    grant = store.tokens.load(user) if tasks else None
    if grant is None or has_ended(grant.document):
        return _Turn()
    new: list[datetime] = []
    trouble = None
    for task in tasks:
        try:
            if queue.enqueue(task):
                new.append(task.at or slot_start(user, every, now))
        except Exception as error:  # noqa: BLE001 - what is enqueued already stays counted
            trouble = as_error(error)
            break
    unread = unread_since(grant.document, every) if new else None
    # Each slot is new to the queue once: so nobody need remember what was logged.
    long_ago = unread and any(remind(unread[0], begins, every) for begins in new)
    return _Turn(True, len(new), trouble, unread if long_ago else None)
