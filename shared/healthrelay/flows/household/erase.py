"""Remove everything of a person, with a receipt of what that was and what remains elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from healthrelay.core.damage import Damaged
from healthrelay.core.defect import isolate
from healthrelay.core.errors import HealthrelayError, Unknown
from healthrelay.core.household.receipt import Receipt

if TYPE_CHECKING:
    from healthrelay.ports.store import Store

T = TypeVar("T")


def erase(user: str, store: Store, disconnect: Callable[[str], object], now: datetime) -> Receipt:
    """End the grant if the provider lets us, then remove the person; cut short, run it again.

    The store takes nothing for somebody who does not exist, so a worker that is still busy
    with them cannot bring anything back. Raise `Unknown` for a stranger, after what a removal
    that was cut short has left is removed.
    """
    identities = store.identities
    if isolate(identities.settings, user) is None:
        identities.remove(user)
        raise Unknown(f"There is no user {user}.")
    receipt = _make_receipt(user, store, now)
    try:
        disconnect(user)
    except Unknown:
        raise
    except HealthrelayError as error:
        receipt = receipt._replace(trouble=error.sentence)
    identities.remove(user)
    return receipt


def _make_receipt(user: str, store: Store, now: datetime) -> Receipt:
    """Return what there is of *user*; what is damaged is removed unread."""
    grant = readable(lambda: store.tokens.load(user))
    records = readable(lambda: store.records.everything(user)) or []
    targets = readable(lambda: store.targets.of(user)) or {}
    settings = readable(lambda: store.identities.settings(user))
    return Receipt(
        user=user,
        at=now,
        records=dict(sorted(Counter(r.series for r in records).items())),
        changes=readable(lambda: store.log.head(user)) or 0,
        settings=tuple(settings or ()),
        poll_key=isolate(store.identities.poll_key, user) is not None,
        provider=str(grant.document["provider"]) if grant else None,
        targets={name: str(one["url"]) for name, one in sorted(targets.items())},
    )


def readable(read: Callable[[], T]) -> T | None:
    """Return what *read* returns; None of what is damaged."""
    try:
        return read()
    except Damaged:
        return None
