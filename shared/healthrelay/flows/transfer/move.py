"""The owner lets a person go on with another provider account.

Each step can be cut short and run again: the grant ends, what is kept is copied whole, a new epoch
begins in which nothing is stored that was read before, what was copied is removed here, and only
when all is done may another account be bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from healthrelay.core.errors import BadRequest, Duplicate, TooLarge
from healthrelay.core.grants.invitations import Invitations
from healthrelay.core.household.move import Move, mark_kept
from healthrelay.core.household.settings import KEPT_FROM
from healthrelay.core.igor_json import user_name
from healthrelay.core.measurements.days import CONTINUED_ON, today
from healthrelay.core.measurements.reading import Delta, diff
from healthrelay.core.measurements.records import Record
from healthrelay.flows.require import require_connectable, require_settings
from healthrelay.flows.transfer.person import read_person

if TYPE_CHECKING:
    from healthrelay.ports.store import Store


def count_records(move: Move, store: Store) -> dict[str, int]:
    """Return series → how many records there are to move. Raise as `move_account`."""
    _check(move, store)
    return dict(sorted(Counter(r.series for r in store.records.everything(move.user)).items()))


def move_account(
    move: Move, store: Store, disconnect: Callable[[str], object], now: datetime
) -> None:
    """End the grant, do with the measurements as *move* says, and bind no account any more.

    Raise `Unknown` for a stranger, `BadRequest` for a person who keeps the past of another,
    `Duplicate` when somebody has the name to keep it under, and what *disconnect* raises.
    """
    person = _check(move, store)
    user, ended = move.user, False
    day = _local_day(user, store, now)
    while not ended:
        disconnect(user)
        if move.keep_as:
            _copy(move, person, store)
        store.records.renew(user)
        if move.empties:
            _empty(move, store, now)
        store.identities.renew_invitations(user, person)
        # Whoever connected in between did so with the account that is bound until now; from here
        # on no invitation of before connects anybody.
        ended = store.tokens.load(user) is None
    _mark_first_day(move, store, day)
    store.accounts.change(lambda bindings: bindings.replace(user, ()))


def _check(move: Move, store: Store) -> str:
    """Return the person's id; give them one if they have none."""
    user, identities = move.user, store.identities
    require_connectable(user, identities)
    person = identities.invitations(user).person
    person = person or identities.renew_invitations(user, person).person
    if move.keep_as and user_name(move.keep_as) == user:
        raise BadRequest("Keep it under another name.")
    if move.keep_as:
        _is_copied(move, person, store)
    return person


def _is_copied(move: Move, person: str, store: Store) -> bool:
    """Return whether this move has made its copy. Raise `Duplicate` for anybody else's name."""
    kept = store.identities.settings(move.keep_as)
    if kept is None:
        return False
    mark = kept.get(KEPT_FROM, "")
    all_was_done = mark.startswith(f"{move.user} ") and not store.records.everything(move.user)
    if mark != mark_kept(move.user, person)[KEPT_FROM] and not all_was_done:
        raise Duplicate(f"There is a user {move.keep_as} already; keep it under another name.")
    return True


def _copy(move: Move, person: str, store: Store) -> None:
    """Make the person who keeps the past, whole or not at all."""
    if _is_copied(move, person, store):
        return
    read = read_person(store, move.user)
    if read is None or not read.records:
        return
    kept = read._replace(
        settings=mark_kept(move.user, person),
        poll_key=None,
        grant=None,
        targets={},
        progress={},
        invitations=Invitations.create(),
        accounts=(),
    )
    store.restore(move.keep_as, kept)


def _empty(move: Move, store: Store, now: datetime) -> None:
    """Remove the records; what came late is copied before."""
    user, records = move.user, store.records
    gone = records.everything(user)
    if gone and move.keep_as:
        late = diff(records.everything(move.keep_as), gone)
        for part in (Delta(added=late.added), Delta(changed=late.changed)):
            apply_parts(move.keep_as, part, store, now)
    apply_parts(user, Delta(removed=tuple(gone)), store, now)


def apply_parts(user: str, delta: Delta, store: Store, now: datetime) -> None:
    """Store *delta*, which has one kind of change, in as many parts as the store needs."""
    waiting = [delta] if delta else []
    while waiting:
        part = waiting.pop()
        try:
            store.records.apply(user, part, now)
        except TooLarge:
            if max(map(len, part)) < 2:
                raise
            waiting += [Delta(*(_half(kind, end) for kind in part)) for end in (False, True)]


def _half(records: Sequence[Record], end: bool) -> tuple[Record, ...]:
    middle = (len(records) + 1) // 2
    return tuple(records[middle:] if end else records[:middle])


def _local_day(user: str, store: Store, now: datetime) -> date:
    grant = store.tokens.load(user)
    zone = require_settings(user, store.identities).get("timezone")
    return today(now, zone or (str(grant.document.get("zone") or "") if grant else None))


def _mark_first_day(move: Move, store: Store, day: date) -> None:
    """Let what stays be: the new account is read from today on; where nothing stays, whole."""
    settings = require_settings(move.user, store.identities)
    if move.empties:
        after = {name: value for name, value in settings.items() if name != CONTINUED_ON}
    else:
        after = {**settings, CONTINUED_ON: day.isoformat()}
    if after != settings:
        store.identities.save(move.user, after)
