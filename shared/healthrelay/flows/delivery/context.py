"""What every delivery needs, and how it stands afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.delivery import progress as delivery
from healthrelay.core.delivery.progress import Chance, Progress
from healthrelay.core.delivery.reminders import DAY, remind
from healthrelay.core.errors import severity

if TYPE_CHECKING:
    from healthrelay.core.errors import HealthrelayError
    from healthrelay.ports.delivery import Following
    from healthrelay.ports.peers import Hook, LogEvent, Queue, Sink
    from healthrelay.ports.store import Store


PROBED = timedelta(seconds=delivery.PROBE * (1 + delivery.JITTER)) + timedelta(minutes=15)
"""The longest time between two probes of a paused target."""


class Delivery(NamedTuple):
    """How many changes a target got now, how many still wait, and why."""

    delivered: int = 0
    waiting: int = 0
    trouble: HealthrelayError | None = None
    paused: bool = False
    """Whether it waits for somebody to act."""


class Courier(NamedTuple):
    """All that a delivery needs; *jitter* gives a number from 0 up to 1."""

    store: Store
    sink: Sink | None
    hooks: Callable[[str], Sequence[Hook]]
    """A person's own targets, their keys opened."""
    queue: Queue | None
    """Who carries out the deliveries of a fetch, where it may not do so itself."""
    now: Callable[[], datetime]
    jitter: Callable[[], float]
    public_url: str
    days: int
    """How much of a person a snapshot holds."""
    kept: int
    """How many days a log entry is kept."""
    repeat: timedelta = delivery.REPEAT
    """How long a snapshot is taken to be safe with Igor."""
    later: Queue | None = None
    """Who makes the next attempt at its instant; without one, whoever sweeps makes it."""
    log_event: LogEvent = lambda *_, **__: None


class Errand(NamedTuple):
    """One person's deliveries by one courier; *knock* is out of turn, too."""

    user: str
    following: Following
    courier: Courier
    knock: bool

    def missed(
        self, progress: Progress, error: HealthrelayError, last: int, turn: bool
    ) -> Progress:
        """How it stands after a failure to deliver up to *last*, in *turn* or not."""
        chance = Chance(self.courier.now(), self.courier.jitter())
        if turn:
            return delivery.failed(progress, error, last, chance)
        return delivery.knocked(progress, error, chance)


class Attempt:
    """One attempt of *errand* at a target, from now on until it has `ended`."""

    def __init__(self, errand: Errand, target: str) -> None:
        self._courier = errand.courier
        self._log_event = partial(errand.courier.log_event, user=errand.user, target=target)
        self._dead = _letters(errand.following.progress(target))
        self._started = time.monotonic()

    def ended(self, progress: Progress, told: Delivery) -> Delivery:
        """Write to the log what came of it, and what somebody should hear of; returns *told*."""
        self._log_event(
            severity(told.trouble),
            "delivery",
            delivered=told.delivered,
            waiting=told.waiting,
            milliseconds=round((time.monotonic() - self._started) * 1000),
            cause=told.trouble.sentence if told.trouble else None,
        )
        if (given_up := _letters(progress) - self._dead) > 0:
            self._log_event("ERROR", "dead letters", count=given_up)
        if told.trouble and progress.since:
            # A failing target is tried once a day by then, a paused one every hour.
            pace = PROBED if told.paused else DAY
            if remind(progress.since, self._courier.now(), pace):
                since = progress.since.isoformat()
                self._log_event(
                    severity(told.trouble), "undelivered", since=since, waiting=told.waiting
                )
        return told


def _letters(progress: Progress) -> int:
    return sum(last - first + 1 for first, last in progress.dead)


def standing(progress: Progress, head: int, lacking: int | None = None) -> Delivery:
    """How it stands with a target; *lacking* is what it lacked before an attempt."""
    waiting = delivery.behind(progress, head)
    delivered = 0 if lacking is None else max(lacking - waiting, 0)
    paused = progress.state == delivery.PAUSED
    return Delivery(delivered, waiting, delivery.trouble(progress), paused)


def stuck(user: str, where: str, error: HealthrelayError, courier: Courier) -> Delivery:
    """What waits because of something that is no target's own trouble; the log is told."""
    cause = error.sentence
    courier.log_event(severity(error), "delivery", user=user, target=where, waiting=1, cause=cause)
    return Delivery(waiting=1, trouble=error, paused=error.who == "owner")


def summed(deliveries: Iterable[Delivery]) -> Delivery:
    """All targets as one: what any of them got, what the slowest still lacks, a trouble."""
    told = list(deliveries)
    troubled = sorted((d for d in told if d.trouble), key=lambda d: not d.paused)
    return Delivery(
        delivered=max((d.delivered for d in told), default=0),
        waiting=max((d.waiting for d in told), default=0),
        trouble=troubled[0].trouble if troubled else None,
        paused=bool(troubled and troubled[0].paused),
    )
