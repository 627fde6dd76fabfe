"""``healthrelay relay status``: every target, what it has, what waits, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.commands.arguments import ANY_USER
from healthrelay.commands.exits import worst
from healthrelay.commands.face import command
from healthrelay.commands.output import Grid, Result
from healthrelay.core.damage import Damaged
from healthrelay.core.defect import isolate
from healthrelay.core.delivery.progress import OK, PAUSED, SNAPSHOT, trouble_of
from healthrelay.core.errors import HealthrelayError, Unknown
from healthrelay.core.plural import count
from healthrelay.flows.delivery.standing import Follower, followers

Row = tuple[str, str, str, str]
"""Person, target, state, entries."""

if TYPE_CHECKING:
    from healthrelay.core.delivery.following import Following
    from healthrelay.core.delivery.progress import Progress


@command("status", "relay status", "relay status jack")
@ANY_USER
def print_status(user: str | None) -> Result:
    """Show every target: what it has, what waits, what to do."""
    built = services()
    followings = built.store.log.followings()
    if user is not None and user not in followings:
        raise Unknown(f"There is no user {user}.")
    chosen = {user: followings[user]} if user else followings
    rows = {user: isolate(_rows_of, built, user, one) for user, one in chosen.items()}
    errors = [one for one in rows.values() if isinstance(one, HealthrelayError)]
    cells: list[Row] = []
    for name, one in rows.items():
        cells += (
            [(name, "", "", f"{one} {one.next_step}")] if isinstance(one, HealthrelayError) else one
        )
    table = Grid(("person", "target", "state", "entries"), cells)
    keys = ("user", "target", "state", "entries")
    data = [dict(zip(keys, row, strict=True)) for row in cells]
    return Result(data, table if cells else "Nobody is here yet.", worst(errors))


def _rows_of(built: Services, user: str, following: Following | Damaged) -> list[Row]:
    """Return the rows of *user*: target, state, what waits and what to do. Raise `Damaged`."""
    if isinstance(following, Damaged):
        raise following
    found = followers(user, following, [target.name for target in built.shared_targets])
    if not found:
        entries = f"{count(following.head, 'entry', 'entries')}; nothing is pushed, Igor may poll"
        return [(user, "poll", "ok", entries)]
    rows = []
    for one in found:
        advice = _advice_lines(one, built.settings.readers_url)
        entries = "\n".join((_waiting_text(built, one), *advice))
        rows.append((user, one.name, _state_text(one.progress), entries))
    return rows


def _state_text(progress: Progress) -> str:
    if progress.state == OK or progress.trouble is None or progress.trouble.since is None:
        return "ok"
    needs = ": needs you" if progress.state == PAUSED else ""
    return f"{progress.state}{needs}, since {_minute(progress.trouble.since)}"


def _waiting_text(built: Services, one: Follower) -> str:
    lacking, letters = one.waiting + one.dead, one.progress.dead
    if not lacking:
        return f"up to date with {count(one.head, 'entry', 'entries')}"
    first = min([one.progress.sequence + 1, *(dead.first for dead in letters)])
    oldest = built.store.log.after(one.user, first - 1, 1)
    since = f", the oldest from {_minute(oldest[0].at)}" if oldest else ""
    dead = ", ".join(f"{part.first}-{part.last}" for part in letters)
    named = f"; dead letters: {dead}" if dead else ""
    return f"lacks {lacking} of {count(one.head, 'entry', 'entries')}{since}{named}"


def _advice_lines(one: Follower, readers_url: str) -> Iterator[str]:
    user, target, progress = one.user, one.name, one.progress
    if progress.state == OK and not progress.dead:
        return
    trouble = trouble_of(progress, user, target)
    if trouble:
        yield trouble.sentence
    if trouble and trouble.next_step:
        yield trouble.next_step
    elif progress.due:
        yield f"Next attempt at {_minute(progress.due)}; nothing is to be done."
    if progress.dead:
        yield f"To send the dead letters again: healthrelay relay replay {user} --target {target}"
    if one.kind == SNAPSHOT:
        yield f"Until then Igor can poll {readers_url}/relay?user={user}&key=…"


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
