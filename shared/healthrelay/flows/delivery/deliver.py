"""Bringing what the log says to every target, and keeping note of how it went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from healthrelay.core.delivery import progress as delivery
from healthrelay.core.delivery import tasks
from healthrelay.core.errors import HealthrelayError, Unknown
from healthrelay.core.household.names import READER, SINK
from healthrelay.core.measurements.snapshot import snapshot
from healthrelay.flows.delivery.context import Attempt, Delivery, Errand, standing, stuck
from healthrelay.flows.delivery.webhooks import walk

if TYPE_CHECKING:
    from healthrelay.flows.delivery.context import Courier
    from healthrelay.ports.delivery import Following
    from healthrelay.ports.peers import Sink

MAX_ROUNDS = 3


def deliver(user: str, courier: Courier, *, knock: bool = False) -> dict[str, Delivery]:
    """Bring every target of *user* up to date that is due; with *knock*, every one.

    Returns how it stands with each. What cannot be delivered stays, and is due again later.
    Whoever knocks out of turn takes none of the later attempts away.
    """
    errand = Errand(user, courier.store.log.following(user), courier, knock)
    told: dict[str, Delivery] = {}
    if courier.sink:
        told[courier.sink.name] = _push(errand, courier.sink)
    if names := hooked(errand.following):
        # One whose making or removal was cut short follows nothing, and gets nothing.
        hooks = [hook for hook in courier.hooks(user) if hook.name in names]
        told |= {hook.name: walk(errand, hook) for hook in hooks}
    return told | _arranged(user, courier, told)


def hand_on(user: str, courier: Courier) -> dict[str, Delivery]:
    """What a fetch does with what it has written: deliver it, or leave that to the queue.

    Should the queue not take it, it still is ahead of the targets when somebody looks.
    """
    if courier.queue is None:
        return deliver(user, courier)
    following = courier.store.log.following(user)
    told = {
        name: standing(progress, following.head)
        for name, progress in following.targets.items()
        if not name.startswith(READER)
    }
    if following.head and (not told or any(one.waiting for one in told.values())):
        try:
            courier.queue.enqueue(tasks.delivery(user, following.head))
        except HealthrelayError as error:
            told["queue"] = stuck(user, "queue", error, courier)
    return told


def hooked(following: Following) -> list[str]:
    """The person's own targets: everybody who follows but Igor and those who read by themselves."""
    return [name for name in following.targets if name != SINK and not name.startswith(READER)]


def deliver_due(courier: Courier) -> dict[str, dict[str, Delivery]]:
    """The same for everybody for whom anything is due; one person's trouble is nobody else's."""
    told: dict[str, dict[str, Delivery]] = {}
    for user in due(courier):
        try:
            told[user] = deliver(user, courier)
        except Unknown:  # removed meanwhile
            continue
        except HealthrelayError as error:
            told[user] = {"store": stuck(user, "store", error, courier)}
    return told


def push_everything(courier: Courier) -> dict[str, dict[str, Delivery]]:
    """Bring Igor everybody's snapshot, whatever it has, and in trouble or not."""
    told: dict[str, dict[str, Delivery]] = {}
    for user, following in courier.store.log.followings().items():
        if courier.sink and following.head:
            errand = Errand(user, following, courier, knock=True)
            pushed = {courier.sink.name: _push(errand, courier.sink)}
            told[user] = pushed | _arranged(user, courier, pushed)
    return told


def due(courier: Courier) -> list[str]:
    """Everybody for whom a delivery is due."""
    now = courier.now()

    def wants(following: Following) -> bool:
        repeats: dict[str, timedelta | None] = dict.fromkeys(hooked(following))
        if courier.sink:
            repeats[courier.sink.name] = courier.repeat
        return any(
            delivery.is_due(following.progress(name), following.head, now, repeat)
            for name, repeat in repeats.items()
        )

    return [user for user, found in courier.store.log.followings().items() if wants(found)]


def prune(courier: Courier) -> int:
    """Forget log entries, and letters about them, older than they are kept; returns how many.

    An entry that was given up on is kept so long from then on, for it may be replayed.
    """
    log, forgotten = courier.store.log, 0
    for user, following in log.followings().items():
        if following.head < 2:
            continue
        forgotten += log.prune(user, _limit(user, following, courier))
        mourned = {name: p for name, p in following.targets.items() if p.dead}
        for name, progress in mourned.items():
            oldest = log.after(user, 0, 1)[0].sequence
            after = delivery.buried(progress, 1, oldest - 1)
            if after != progress:
                log.save(user, name, after, still=True)
    return forgotten


def _limit(user: str, following: Following, courier: Courier) -> datetime:
    """Before which instant an entry of *user* is too old; a snapshot needs no letters."""
    limit = courier.now() - timedelta(days=courier.kept)
    followers = [following.progress(name) for name in hooked(following)]
    letters = [p.dead[0].first for p in followers if p.dead and p.died and p.died > limit]
    oldest = courier.store.log.after(user, min(letters) - 1, 1) if letters else []
    return min([limit, *(entry.at for entry in oldest)])


def _arranged(user: str, courier: Courier, told: Mapping[str, Delivery]) -> dict[str, Delivery]:
    """Have what did not arrive tried again at its instant, rather than at the next sweep.

    Returns the queue's trouble, if there is any: then the sweep does it.
    """
    if courier.later is None or not any(one.waiting or one.trouble for one in told.values()):
        return {}
    following, now = courier.store.log.following(user), courier.now()
    instants = [delivery.upcoming(following.progress(n), following.head, now) for n in told]
    if soonest := min(filter(None, instants), default=None):
        try:
            courier.later.enqueue(tasks.retry(user, soonest))
        except HealthrelayError as error:
            return {"queue": stuck(user, "queue", error, courier)}
    return {}


def _push(errand: Errand, sink: Sink) -> Delivery:
    """Bring *sink* up to date with one PUT, however many changes wait.

    A snapshot is read after its sequence number, so it may be newer than the number but
    never older; and when somebody wrote during the PUT, we go again, for an older snapshot
    of another worker may have arrived last.
    """
    user, following, courier, _ = errand
    store, progress, head = courier.store, following.progress(sink.name), following.head
    turn = delivery.is_due(progress, head, courier.now(), courier.repeat)
    if not head or not (turn or errand.knock):
        return standing(progress, head)
    lacking, attempt = delivery.behind(progress, head), Attempt(errand, sink.name)
    for _ in range(MAX_ROUNDS):
        body = snapshot(user, store.records.everything(user), courier.days)
        try:
            if body is not None:
                sink.put(user, body)
        except HealthrelayError as error:
            progress = errand.missed(progress, error, head, turn)
            store.log.save(user, sink.name, progress)
            break
        progress = delivery.succeeded(progress, head, courier.now(), whole=True)
        store.log.save(user, sink.name, progress)
        newest = store.log.head(user)
        lacking, head = lacking + newest - head, newest
        if head <= progress.sequence:
            break
    return attempt.ended(progress, standing(progress, head, lacking))
