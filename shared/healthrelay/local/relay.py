"""How deliveries stand, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.core.delivery import progress as delivery
from healthrelay.core.errors import Unknown

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services
    from healthrelay.core.delivery.progress import Progress
    from healthrelay.flows.delivery.context import Delivery
    from healthrelay.ports.delivery import Following


def status(built: Services, user: str | None) -> str:
    """A line a target of everybody or of *user*, and below it what to do when it is in trouble."""
    everybody = built.store.log.followings()
    if user is not None and user not in everybody:
        raise Unknown(f"There is no user {user}.")
    chosen = {user: everybody[user]} if user else everybody
    lines = [line for name, following in chosen.items() for line in _person(built, name, following)]
    return "\n".join(lines) or "Nobody is here yet."


def outcome(done: Mapping[str, Delivery]) -> str:
    """A line a target: what it got now, what it still lacks and why."""
    return "\n".join(
        f"{target}\t{told.delivered} delivered, {told.waiting} waiting"
        + (f": {told.trouble.sentence}" if told.trouble else "")
        for target, told in done.items()
    )


def _person(built: Services, user: str, following: Following) -> Iterator[str]:
    targets = dict(following.targets)
    if built.sink:
        targets.setdefault(built.sink.name, following.progress(built.sink.name))
    if not targets:
        yield f"{user}\tpoll\t{following.head} entries; nothing is pushed, Igor may poll"
    for target, progress in targets.items():
        yield f"{user}\t{target}\t{_state(progress)}\t{_waiting(built, user, progress, following)}"
        yield from (f"\t{advice}" for advice in _advice(user, target, progress, built.public_url))


def _state(progress: Progress) -> str:
    if progress.state == delivery.OK or progress.since is None:
        return "ok"
    needs = ": needs you" if progress.state == delivery.PAUSED else ""
    return f"{progress.state}{needs}, since {_minute(progress.since)}"


def _waiting(built: Services, user: str, progress: Progress, following: Following) -> str:
    lacking = delivery.behind(progress, following.head)
    if not lacking:
        return f"has all {following.head} entries"
    first = min([progress.sequence + 1, *(dead.first for dead in progress.dead)])
    oldest = built.store.log.after(user, first - 1, 1)
    since = f", the oldest from {_minute(oldest[0].at)}" if oldest else ""
    dead = ", ".join(f"{one.first}-{one.last}" for one in progress.dead)
    letters = f"; dead letters: {dead}" if dead else ""
    return f"lacks {lacking} of {following.head} entries{since}{letters}"


def _advice(user: str, target: str, progress: Progress, public_url: str) -> Iterator[str]:
    if progress.state == delivery.OK and not progress.dead:
        return
    if progress.sentence:
        yield progress.sentence
    if progress.state == delivery.PAUSED:
        yield f"Mend that, then: healthrelay relay replay {user} --target {target}"
    elif progress.due:
        yield f"Next attempt at {_minute(progress.due)}; nothing is to be done."
    if progress.dead:
        yield f"To bring the dead letters again: healthrelay relay replay {user} --target {target}"
    if target == "igor":
        yield f"Until then Igor can poll {public_url}/relay?user={user}&key=…"


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
