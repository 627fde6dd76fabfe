"""Bringing every target up to date, and storing how that went."""

from __future__ import annotations

import time
from collections.abc import Container, Iterable, Iterator
from typing import TYPE_CHECKING

from healthrelay.core.defect import isolate
from healthrelay.core.delivery import progress as delivery
from healthrelay.core.delivery import tasks
from healthrelay.core.delivery.messages import Message
from healthrelay.core.delivery.progress import LOG, READER, SNAPSHOT, kind_of
from healthrelay.core.errors import HealthrelayError, Unknown
from healthrelay.core.measurements.snapshot import snapshot
from healthrelay.flows.delivery.context import Attempt, Delivery, blocked, log_attempt, send, status
from healthrelay.flows.delivery.webhooks import send_pending
from healthrelay.flows.presenter import presenter

if TYPE_CHECKING:
    from healthrelay.core.delivery.following import Following
    from healthrelay.core.delivery.progress import Progress
    from healthrelay.flows.delivery.context import DeliveryContext
    from healthrelay.ports.delivery import Log
    from healthrelay.ports.peers import LogEvent, Queue, Target

MAX_ROUNDS = 3


def deliver(
    user: str, context: DeliveryContext, *, force: bool = False, only: Container[str] | None = None
) -> dict[str, Delivery]:
    """Bring every target of *user* up to date that is due; with *force*, every one.

    Returns how each is doing, or those of the names *only*. What cannot be delivered is due again
    later.
    """
    following = context.store.log.following(user)
    if is_told_otherwise(following, context):
        from healthrelay.flows.delivery.retell import retell  # noqa: PLC0415 - hardly ever needed

        following = retell(user, following, context)
    targets = isolate(lambda: _named(only, targets_of(user, following, context)))
    if not isinstance(targets, HealthrelayError):
        return deliver_to(user, targets, following, context, force)
    shared = _named(only, context.shared)
    deliveries = deliver_to(user, shared, following, context, force)
    return deliveries | {"targets": blocked(user, "targets", targets, context.log_event)}


def _named(only: Container[str] | None, targets: Iterable[Target]) -> list[Target]:
    return [target for target in targets if only is None or target.name in only]


def is_told_otherwise(following: Following, context: DeliveryContext) -> bool:
    """Return whether what the targets have is, or may be, in another unit system."""
    return following.head > 0 and following.system != context.system


def targets_of(user: str, following: Following, context: DeliveryContext) -> Iterator[Target]:
    """Yield the targets of everybody, then those of *user* that follow the log.

    One whose making or removal was cut short follows nothing, and gets nothing.
    """
    yield from context.shared
    if names := following.of_kind(LOG):
        yield from (target for target in context.own(user) if target.name in names)


def enqueue_delivery(
    user: str, *, log: Log, queue: Queue, log_event: LogEvent
) -> dict[str, Delivery]:
    """Leave to *queue* what a fetch has written; no target is built, no secret opened.

    What the queue does not take is seen by the next sweep.
    """
    following = log.following(user)
    deliveries = {
        name: status(user, name, progress, following.head)
        for name, progress in following.targets.items()
        if kind_of(name) != READER
    }
    if following.head and (not deliveries or any(one.waiting for one in deliveries.values())):
        try:
            queue.enqueue(tasks.delivery(user, following.head))
        except HealthrelayError as error:
            deliveries["queue"] = blocked(user, "queue", error, log_event)
    return deliveries


def deliver_to(
    user: str,
    targets: Iterable[Target],
    following: Following,
    context: DeliveryContext,
    force: bool,
) -> dict[str, Delivery]:
    """Bring *targets* up to date; what stands in the way of one is no other's trouble."""
    deliveries: dict[str, Delivery] = {}
    for target in targets:
        done = isolate(_attempt, user, target, following, context, force)
        if isinstance(done, Unknown):  # removed meanwhile
            raise done
        if isinstance(done, HealthrelayError):
            done = blocked(user, target.name, done, context.log_event)
        deliveries[target.name] = done
    if any(one.waiting or one.trouble for one in deliveries.values()):
        deliveries |= _schedule_retry(user, deliveries, context)
    return deliveries


def _attempt(
    user: str, target: Target, following: Following, context: DeliveryContext, force: bool
) -> Delivery:
    """Return how *target* is doing, after an attempt where one is due or forced."""
    name, head, started = target.name, following.head, time.monotonic()
    before = following.progress(name)
    in_turn = delivery.is_due(before, head, context.now(), context.repeat_of(target.kind))
    lacks_any = head > 0 if target.kind == SNAPSHOT else head > before.sequence
    if not lacks_any or not (in_turn or force):
        return status(user, name, before, head)
    attempt = Attempt(user, target, before, head, in_turn, context)
    progress, head = _BY_KIND[target.kind](attempt)
    result = status(user, name, progress, head, before)
    new = delivery.dead_letters(progress) - delivery.dead_letters(before)
    return log_attempt(user, name, result, context, started=started, new_dead_letters=new)


def _schedule_retry(
    user: str, names: Iterable[str], context: DeliveryContext
) -> dict[str, Delivery]:
    """Have what did not arrive tried again at its instant; return the queue's trouble, if any."""
    if context.retries is None:
        return {}
    following, now = context.store.log.following(user), context.now()
    instants = [delivery.upcoming(following.progress(n), following.head, now) for n in names]
    if soonest := min(filter(None, instants), default=None):
        try:
            context.retries.enqueue(tasks.retry(user, soonest))
        except HealthrelayError as error:
            return {"queue": blocked(user, "queue", error, context.log_event)}
    return {}


def _push(attempt: Attempt) -> tuple[Progress, int]:
    """Send one snapshot, however many changes wait; return the progress, and the head by then.

    A snapshot is read after its sequence number, so it may be newer than the number but
    never older; and when somebody wrote during the push, we go again, because an older snapshot
    of another worker may have arrived last.
    """
    user, target, progress, head, _, context = attempt
    store = context.store
    for _ in range(MAX_ROUNDS):
        records = store.records.everything(user)
        show = presenter(user, records, store.records, context.system)
        body = snapshot(user, records, context.days, show)
        try:
            if body is not None:
                send(target, Message(user, body), context.log_event)
        except HealthrelayError as error:
            progress = attempt.after_failure(progress, error, head)
            store.log.save(user, target.name, progress)
            break
        progress = delivery.after_success(progress, head, context.now(), whole=True)
        store.log.save(user, target.name, progress)
        head = store.log.head(user)
        if head <= progress.sequence:
            break
    return progress, head


_BY_KIND = {SNAPSHOT: _push, LOG: send_pending}
"""Kind → what brings a target of it up to date."""
