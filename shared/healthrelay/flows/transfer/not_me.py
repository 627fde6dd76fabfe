"""Somebody says that the account which was just connected is not theirs.

At a first consent everything that it brought goes again: the grant, exactly the records that came
from the account, and the account itself, so that another may be connected with the same
invitation. As in `move`, each step can be cut short and run again; what is bound goes last. At a
later consent the account is the person's since before: there the grant ends, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.core.measurements.origin import origin_of
from healthrelay.core.measurements.reading import Delta
from healthrelay.flows.transfer.move import apply_parts

if TYPE_CHECKING:
    from healthrelay.ports.store import Store


def undo_consent(
    user: str, store: Store, disconnect: Callable[[str], object], now: datetime
) -> str:
    """End the grant of *user*, and after a first consent undo all that it did.

    Return an invitation whose link works again; nothing where there is none. Raise what
    *disconnect* raises: then the rest is as it was.
    """
    at = store.accounts.load().unanswered(user, now)
    if at is None:
        disconnect(user)
        return ""
    origins = {origin_of(*name.split(" ", 1)) for name in store.accounts.load().of(user)}
    ended = False
    while not ended:
        disconnect(user)
        store.records.renew(user)
        brought = [one for one in store.records.everything(user) if one.origin in origins]
        apply_parts(user, Delta(removed=tuple(brought)), store, now)
        open_again = store.identities.change_invitations(user, lambda one: one.reopened(at))
        # Whoever connected in between did so with the account that is bound until now; from here
        # on nobody who was let in before comes back.
        ended = store.tokens.load(user) is None
    store.accounts.change(lambda bindings: bindings.replace(user, ()))
    works = [name for name in open_again.open if open_again.until(name, now)]
    return max(works, key=lambda name: open_again.open[name].until, default="")
