"""Telling every target everything again when the household's unit system has changed.

The setting counts at once wherever something is given out, and no record is written. What targets
have is in the units of before, so one entry of the log names every series as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.core.errors import Conflict
from healthrelay.core.measurements.records import Delta

if TYPE_CHECKING:
    from healthrelay.flows.delivery.context import DeliveryContext
    from healthrelay.ports.delivery import Following


def retell(user: str, following: Following, context: DeliveryContext) -> Following:
    """Store in which units *user* is told from now on; return the log as it is then.

    Stopped anywhere, the next delivery does the rest, and nothing twice.
    """
    store, system, now = context.store, context.system, context.now()
    records = store.records.everything(user)
    ledger = store.records.ledger(user)
    before = following.system or ledger.units or system
    if not (ledger.units or all(record.origin for record in records)):
        # What an earlier version stored keeps its units, whatever is set later.
        try:
            store.records.apply(user, Delta(), now, ledger=ledger._replace(units=before))
        except Conflict:  # moved to another account meanwhile: the next delivery does it
            return following
    whole = {record.series for record in records} if before != system else set()
    store.log.retell(user, system, whole, now)
    if whole:
        context.log_event("INFO", "system", user=user, before=before, system=system)
    return store.log.following(user)
