"""Bringing again, at the owner's wish, what targets were not or no longer to be brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import BadRequest, Unknown
from healthrelay.flows.delivery.context import Attempt, Errand
from healthrelay.flows.delivery.deliver import deliver, hooked
from healthrelay.flows.delivery.webhooks import resend

if TYPE_CHECKING:
    from healthrelay.flows.delivery.context import Courier, Delivery
    from healthrelay.ports.peers import Hook


class Wanted(NamedTuple):
    """Which entries, for which *target*: the dead letters if nothing else is said."""

    target: str | None = None
    first: int | None = None
    last: int | None = None
    everything: bool = False


def replay(user: str, wanted: Wanted, courier: Courier) -> dict[str, Delivery]:
    """Deliver now what is *wanted*, and whatever waits; returns how it stands with each target.

    Igor takes everything there is with every push, so that one push is all its replay.
    Raises `BadRequest` when there is no such target.
    """
    if courier.store.identities.settings(user) is None:
        raise Unknown(f"There is no user {user}.")
    following = courier.store.log.following(user)
    names = ([courier.sink.name] if courier.sink else []) + hooked(following)
    if wanted.target not in (None, *names):
        raise BadRequest(f"There is no target {wanted.target}; there are: {', '.join(names)}.")
    chosen = [wanted.target] if wanted.target else names
    if not chosen:
        raise BadRequest("There is no target: healthrelay relay add makes one.")
    errand = Errand(user, following, courier, knock=True)
    again: dict[str, Delivery] = {}
    for hook in courier.hooks(user) if hooked(following) else ():
        if hook.name in chosen and (told := _again(errand, hook, wanted)):
            again[hook.name] = told
    if any(told.trouble for told in again.values()):
        return again
    done = deliver(user, courier, knock=True)
    return {
        name: told._replace(delivered=told.delivered + again[name].delivered)
        if name in again
        else told
        for name, told in done.items()
        if name in chosen
    }


def _again(errand: Errand, hook: Hook, wanted: Wanted) -> Delivery | None:
    """Send what is wanted once more, range by range; None when that is nothing."""
    following = errand.following
    ranges = [(dead.first, dead.last) for dead in following.progress(hook.name).dead]
    if wanted.everything or wanted.first is not None or wanted.last is not None:
        reached = following.progress(hook.name).sequence
        ranges = [(wanted.first or 1, min(wanted.last or reached, reached))]
    told: Delivery | None = None
    for first, last in ranges:
        errand = errand._replace(following=errand.courier.store.log.following(errand.user))
        before = told.delivered if told else 0
        attempt = Attempt(errand, hook.name)
        told = resend(errand, hook, first, last)
        attempt.ended(errand.following.progress(hook.name), told)
        told = told._replace(delivered=told.delivered + before)
        if told.trouble:
            break
    return told
