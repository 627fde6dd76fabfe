"""Delivering again, when the owner wants it, what was given up on or is still kept."""

from itertools import product
from typing import NamedTuple

from healthrelay.core.damage import Damaged
from healthrelay.core.defect import isolate
from healthrelay.core.delivery.progress import LOG, Progress
from healthrelay.core.errors import BadRequest, Bug, HealthrelayError, Unknown
from healthrelay.flows.delivery.context import Delivery, DeliveryContext
from healthrelay.flows.delivery.deliver import deliver, targets_of
from healthrelay.flows.delivery.standing import target_names
from healthrelay.flows.delivery.webhooks import resend
from healthrelay.flows.require import require_settings


class ReplayRequest(NamedTuple):
    """Which entries, for which *target*: the dead letters unless others are named."""

    target: str | None = None
    first: int | None = None
    last: int | None = None
    everything: bool = False

    def ranges(self, progress: Progress) -> list[range]:
        if not self.everything and self.first is None and self.last is None:
            return [range(dead.first, dead.last + 1) for dead in progress.dead]
        last = min(self.last or progress.sequence, progress.sequence)
        return [range(self.first or 1, last + 1)]


def replay_shared(context: DeliveryContext) -> bool:
    """Send everybody's snapshots to the targets of everybody; return whether all arrived.

    It ends at the first that a target does not take, because the next would meet the same, and
    begins none when it is late. Who cannot be read is left to the sweep, which says so.
    """
    followings = context.store.log.followings().items()
    users = [user for user, one in followings if not isinstance(one, Damaged) and one.head]
    for user, target in product(users, context.shared):
        if context.is_late():
            return False
        found = isolate(replay, user, ReplayRequest(target.name), context)
        if isinstance(found, Damaged | Unknown | Bug):
            continue
        if isinstance(found, HealthrelayError):
            raise found
        done = found[target.name]
        is_theirs = done.trouble and done.trouble.cause in (Damaged.cause, Bug.cause)
        if (done.trouble or done.waiting) and not is_theirs:
            return False
    return True


def replay(user: str, request: ReplayRequest, context: DeliveryContext) -> dict[str, Delivery]:
    """Deliver now what is requested, and whatever waits; return how each target is doing.

    A snapshot target takes everything with every push, so that one push is all its replay. What
    it is too late for stays as it was.
    Raises `BadRequest` when there is no such target.
    """
    require_settings(user, context.store.identities)
    following = context.store.log.following(user)
    names = target_names(following, context.shared)
    if not names:
        raise BadRequest(f"{user} has no target: healthrelay relay add makes one.")
    if request.target not in (None, *names):
        raise BadRequest(f"{user} has no target {request.target}; there are: {', '.join(names)}.")
    chosen = [request.target] if request.target else names
    resent: dict[str, Delivery] = {}
    for target in targets_of(user, following, context):
        ranges = request.ranges(following.progress(target.name))
        if target.kind == LOG and target.name in chosen and ranges:
            resent[target.name] = resend(user, target, ranges, context)
    if resent and (context.is_late() or any(one.trouble for one in resent.values())):
        return resent
    return {
        name: one._replace(delivered=one.delivered + resent.get(name, Delivery()).delivered)
        for name, one in deliver(user, context, force=True, only=chosen).items()
    }
