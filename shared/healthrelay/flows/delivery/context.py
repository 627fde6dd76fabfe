"""What every delivery uses, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.code_path import code_path
from healthrelay.core.defect import log_cause
from healthrelay.core.delivery import progress as delivery
from healthrelay.core.delivery.progress import Chance, Progress
from healthrelay.core.delivery.tasks import DAY, remind
from healthrelay.core.errors import Bug, HealthrelayError, severity
from healthrelay.core.measurements.catalogue import METRIC

if TYPE_CHECKING:
    from healthrelay.core.delivery.messages import Message
    from healthrelay.core.trouble import Trouble
    from healthrelay.ports.peers import LogEvent, Queue, Target
    from healthrelay.ports.store import Store

PROBED = timedelta(seconds=delivery.PROBE_SECONDS * (1 + delivery.JITTER), minutes=15)
"""The longest time between two probes of a paused target."""


class Delivery(NamedTuple):
    """How many changes a target got now, how many still wait, and why."""

    delivered: int = 0
    waiting: int = 0
    trouble: Trouble | None = None
    paused: bool = False
    """Whether it waits for somebody to act."""


class DeliveryContext(NamedTuple):
    """What every delivery uses. Targets open their secrets when they send."""

    store: Store
    shared: Sequence[Target]
    """The targets of everybody."""
    own: Callable[[str], Sequence[Target]]
    """Returns the targets of one person."""
    now: Callable[[], datetime]
    jitter: Callable[[], float]
    """Returns a number from 0 up to 1."""
    readers_url: str
    days: int
    """How much of a person a snapshot holds."""
    system: str = METRIC
    """The unit system in which targets are told."""
    repeat: timedelta = delivery.REPEAT
    """How long a snapshot is taken to be safe with its target."""
    retries: Queue | None = None
    """Where the next attempt waits for its instant; without one, the next sweep makes it."""
    log_event: LogEvent = lambda *_, **__: None
    until: datetime | None = None
    """When no message is begun any more; what waits then is left to the next delivery."""

    def is_late(self) -> bool:
        """Return whether no message may be begun any more."""
        return self.until is not None and self.now() >= self.until

    def repeat_of(self, kind: str) -> timedelta | None:
        """Return after which time a target of *kind* is sent again what it has, if ever."""
        return self.repeat if kind == delivery.SNAPSHOT else None


class Attempt(NamedTuple):
    """One attempt to bring *target* what it lacks of the log of *user*."""

    user: str
    target: Target
    before: Progress
    head: int
    in_turn: bool
    """Whether it was due; a forced one takes no scheduled one away."""
    context: DeliveryContext

    def after_failure(self, progress: Progress, error: HealthrelayError, last: int) -> Progress:
        chance = Chance(self.context.now(), self.context.jitter())
        if self.in_turn:
            return delivery.after_failure(progress, error, last, chance)
        return delivery.failed_out_of_turn(progress, error, chance)


def send(target: Target, message: Message, log_event: LogEvent) -> None:
    """Have *target* send *message*; whatever it raises becomes an error that names who must act.

    What nobody foresaw is this target's trouble alone: the ones behind it have their turn.
    """
    try:
        target.send(message)
    except HealthrelayError:
        raise
    except Exception as error:
        where = code_path(error)
        log_event("ERROR", "defect", user=message.user, target=target.name, cause=where)
        raise Bug from error


def status(
    user: str, target: str, progress: Progress, head: int, before: Progress | None = None
) -> Delivery:
    """Return how *target* is doing, and what it got since *before*."""
    waiting = delivery.behind(progress, head)
    delivered = max(delivery.behind(before or progress, head) - waiting, 0)
    paused = progress.state == delivery.PAUSED
    return Delivery(delivered, waiting, delivery.trouble_of(progress, user, target), paused)


def blocked(user: str, where: str, error: HealthrelayError, log_event: LogEvent) -> Delivery:
    """Log and return what waits because of something that is no target's own trouble."""
    cause = log_cause(error)
    log_event(severity(error), "delivery", user=user, target=where, waiting=1, cause=cause)
    return Delivery(waiting=1, trouble=error.as_trouble(), paused=error.who == "owner")


def combine(deliveries: Iterable[Delivery]) -> Delivery:
    """Return all targets as one: what any of them got, what the slowest lacks, a trouble."""
    parts = list(deliveries)
    troubled = sorted((part for part in parts if part.trouble), key=lambda part: not part.paused)
    return Delivery(
        delivered=max((part.delivered for part in parts), default=0),
        waiting=max((part.waiting for part in parts), default=0),
        trouble=troubled[0].trouble if troubled else None,
        paused=bool(troubled and troubled[0].paused),
    )


def log_attempt(
    user: str,
    target: str,
    result: Delivery,
    context: DeliveryContext,
    *,
    started: float,
    new_dead_letters: int = 0,
) -> Delivery:
    """Log the *result* of an attempt, and once a day what lasts; return it.

    *started* is by the monotonic clock, in seconds.
    """
    trouble, log_event = result.trouble, partial(context.log_event, user=user, target=target)
    log_event(
        severity(trouble),
        "delivery",
        delivered=result.delivered,
        waiting=result.waiting,
        milliseconds=round((time.monotonic() - started) * 1000),
        cause=trouble.sentence if trouble else None,
    )
    if new_dead_letters > 0:
        log_event("ERROR", "dead letters", count=new_dead_letters)
    since = trouble.since if trouble else None
    # A failing target is tried once a day by then, a paused one every hour.
    if since and remind(since, context.now(), PROBED if result.paused else DAY):
        since_text, waiting = since.isoformat(), result.waiting
        log_event(severity(trouble), "undelivered", since=since_text, waiting=waiting)
    return result
