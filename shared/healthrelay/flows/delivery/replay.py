"""Delivering again, when the owner wants it, what was given up on or is still kept."""

from typing import NamedTuple

from healthrelay.core.delivery.progress import LOG, Progress
from healthrelay.core.errors import BadRequest
from healthrelay.flows.delivery.context import Delivery, DeliveryContext
from healthrelay.flows.delivery.deliver import deliver, targets_of
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


def replay(user: str, request: ReplayRequest, context: DeliveryContext) -> dict[str, Delivery]:
    """Deliver now what is requested, and whatever waits; return how each target is doing.

    A snapshot target takes everything with every push, so that one push is all its replay.
    Raises `BadRequest` when there is no such target.
    """
    require_settings(user, context.store.identities)
    following = context.store.log.following(user)
    names = [*(target.name for target in context.shared), *following.of_kind(LOG)]
    if request.target not in (None, *names):
        raise BadRequest(f"There is no target {request.target}; there are: {', '.join(names)}.")
    chosen = [request.target] if request.target else names
    if not chosen:
        raise BadRequest("There is no target: healthrelay relay add makes one.")
    resent: dict[str, Delivery] = {}
    for target in targets_of(user, following, context):
        ranges = request.ranges(following.progress(target.name))
        if target.kind == LOG and target.name in chosen and ranges:
            resent[target.name] = resend(user, target, ranges, context)
    if any(one.trouble for one in resent.values()):
        return resent
    return {
        name: one._replace(delivered=one.delivered + resent.get(name, Delivery()).delivered)
        for name, one in deliver(user, context, force=True).items()
        if name in chosen
    }
