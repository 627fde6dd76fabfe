"""Deliveries for everybody: one person's trouble is nobody else's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from healthrelay.core.defect import isolate, log_cause
from healthrelay.core.delivery import progress as delivery
from healthrelay.core.delivery.following import Following
from healthrelay.core.delivery.progress import LOG, SNAPSHOT
from healthrelay.core.errors import HealthrelayError, Unknown, severity
from healthrelay.core.runs import DELIVER
from healthrelay.flows.delivery.context import Delivery, blocked
from healthrelay.flows.delivery.deliver import deliver, deliver_to, is_told_otherwise
from healthrelay.flows.runs import record_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from healthrelay.core.damage import Damaged
    from healthrelay.flows.delivery.context import DeliveryContext
    from healthrelay.ports.delivery import Log
    from healthrelay.ports.peers import LogEvent

Deliveries = dict[str, dict[str, Delivery]]
"""Person → target → how it is doing."""


def deliver_due(context: DeliveryContext) -> Deliveries:
    """Deliver for everybody for whom anything is due."""
    deliveries = _for_each(due(context), lambda user: deliver(user, context), context)
    record_runs({DELIVER: context.now()}, context.store.runs, context.log_event)
    return deliveries


def push_everything(context: DeliveryContext) -> Deliveries:
    """Bring everybody's snapshot to its target, whatever that has, and in trouble or not."""
    targets = [target for target in context.shared if target.kind == SNAPSHOT]
    if not targets:
        return {}
    followings = context.store.log.followings()

    def push(user: str) -> dict[str, Delivery]:
        following = _readable(followings[user])
        if not following.head:
            return {}
        return deliver_to(user, targets, following, context, force=True)

    return _for_each(followings, push, context)


def due(context: DeliveryContext) -> list[str]:
    """Return for whom anything is due, and of whom that cannot be known."""
    followings = context.store.log.followings()
    return [
        user
        for user, following in followings.items()
        if isolate(_is_due, following, context) is not False
    ]


def prune(
    log: Log, *, now: datetime, days: int, log_event: LogEvent = lambda *_, **__: None
) -> int:
    """Forget log entries, and letters about them, older than *days*; return how many.

    An entry that was given up on is kept so long from then on, because it may be replayed.
    """
    forgotten = 0
    for user, following in log.followings().items():
        done = isolate(_prune, user, following, log, now - timedelta(days=days))
        if isinstance(done, HealthrelayError):
            log_event(severity(done), "prune", user=user, cause=log_cause(done))
        else:
            forgotten += done
    return forgotten


def _for_each(
    users: Iterable[str], work: Callable[[str], dict[str, Delivery]], context: DeliveryContext
) -> Deliveries:
    """Return what *work* did for each of *users*, or what kept it from being done."""
    deliveries: Deliveries = {}
    for user in users:
        done = isolate(work, user)
        if isinstance(done, Unknown):  # removed meanwhile
            continue
        if isinstance(done, HealthrelayError):
            done = {"store": blocked(user, "store", done, context.log_event)}
        if done:
            deliveries[user] = done
    return deliveries


def _readable(following: Following | Damaged) -> Following:
    """Return *following*. Raise `Damaged` where it could not be read."""
    if isinstance(following, Following):
        return following
    raise following


def _is_due(following: Following | Damaged, context: DeliveryContext) -> bool:
    following, now = _readable(following), context.now()
    shared = {target.name: context.repeat_of(target.kind) for target in context.shared}
    repeats = dict.fromkeys(following.of_kind(LOG)) | shared
    return is_told_otherwise(following, context) or any(
        delivery.is_due(following.progress(name), following.head, now, repeat)
        for name, repeat in repeats.items()
    )


def _prune(user: str, following: Following | Damaged, log: Log, limit: datetime) -> int:
    following = _readable(following)
    if following.head < 2:
        return 0
    forgotten = log.prune(user, _limit(user, following, log, limit))
    for name, progress in following.targets.items():
        if progress.dead:
            oldest = log.after(user, 0, 1)[0].sequence
            after = delivery.drop_dead_letters(progress, 1, oldest - 1)
            if after != progress:
                log.save(user, name, after, still=True)
    return forgotten


def _limit(user: str, following: Following, log: Log, limit: datetime) -> datetime:
    """Return before which instant an entry of *user* is too old; a snapshot needs no letters."""
    followers = [following.progress(name) for name in following.of_kind(LOG)]
    letters = [p.dead[0].first for p in followers if p.dead and p.died and p.died > limit]
    oldest = log.after(user, min(letters) - 1, 1) if letters else []
    return min([limit, *(entry.at for entry in oldest)])
