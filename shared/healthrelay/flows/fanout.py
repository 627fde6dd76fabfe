"""One task for everybody who is due, so that what is slow or broken delays nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import HealthrelayError
from healthrelay.core.people import interval
from healthrelay.core.tasks import due
from healthrelay.flows.grant_document import ended

if TYPE_CHECKING:
    from healthrelay.core.tasks import Task
    from healthrelay.ports import Queue, Store

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
    """What became of one person."""

    due: bool = False
    enqueued: int = 0
    trouble: HealthrelayError | None = None


def fan_out(store: Store, queue: Queue, now: datetime) -> FannedOut:
    """Enqueue a fetch for each person due at *now*; doing it twice enqueues once.

    Who has given no consent, or must give it anew, is not due. Raises only what stood in the
    way of knowing who there is.
    """
    people = store.identities.names()

    def turn(user: str) -> _Turn:
        try:
            tasks = _due(user, store, queue, now)
        except HealthrelayError as error:
            return _Turn(trouble=error)
        return _enqueued(tasks, queue) if tasks else _Turn()

    with ThreadPoolExecutor(WORKERS) as pool:
        turns = dict(zip(people, pool.map(turn, people), strict=True))
    return FannedOut(
        people=len(people),
        due=sum(one.due for one in turns.values()),
        enqueued=sum(one.enqueued for one in turns.values()),
        troubles={user: one.trouble for user, one in turns.items() if one.trouble},
    )


def _due(user: str, store: Store, queue: Queue, now: datetime) -> list[Task]:
    settings = store.identities.settings(user)
    if settings is None:
        # Removed since the names were read.
        return []
    tasks = due(user, interval(settings), now, queue.remembers)
    if not tasks:
        return []
    grant = store.tokens.load(user)
    return [] if grant is None or ended(grant.document) else tasks


def _enqueued(tasks: list[Task], queue: Queue) -> _Turn:
    new = 0
    for task in tasks:
        try:
            new += queue.enqueue(task)
        except HealthrelayError as error:
            return _Turn(True, new, error)
    return _Turn(True, new)
