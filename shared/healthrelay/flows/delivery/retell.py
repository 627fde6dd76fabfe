"""Telling every target everything again when the household's unit system has changed.

The setting counts at once wherever something is given out, and no record is written. What targets
have is in the units of before, so one entry of the log names every series as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.core.defect import isolate
from healthrelay.core.delivery.following import Following
from healthrelay.core.delivery.tasks import retry
from healthrelay.core.errors import Conflict
from healthrelay.core.measurements.mixed_units import likely_system
from healthrelay.core.measurements.reading import Delta

if TYPE_CHECKING:
    from datetime import datetime

    from healthrelay.core.measurements.ledger import Ledger
    from healthrelay.flows.delivery.context import DeliveryContext
    from healthrelay.ports.delivery import Log
    from healthrelay.ports.peers import Queue
    from healthrelay.ports.store import Store


def retell(user: str, following: Following, context: DeliveryContext) -> Following:
    """Store in which units *user* is told from now on; return the log as it is then.

    Stopped anywhere, the next delivery does the rest, and nothing twice.
    """
    store, system, now = context.store, context.system, context.now()
    ledger = store.records.ledger(user)
    if not following.system and _is_awaited(user, ledger, store):
        return following
    records = store.records.everything(user)
    before = following.system or system
    if not all(record.origin for record in records):
        units = ledger.units or before
        if not following.system:
            units = before = likely_system(records, units)
        if units != ledger.units:
            try:
                store.records.apply(user, Delta(), now, ledger=ledger._replace(units=units))
            except Conflict:  # moved to another account meanwhile: the next delivery does it
                return following
    whole = {record.series for record in records} if before != system else set()
    store.log.retell(user, system, whole, now)
    if whole:
        context.log_event("INFO", "system", user=user, before=before, system=system)
    return store.log.following(user)


def hurry(log: Log, queue: Queue, now: datetime) -> None:
    """Leave everybody to *queue* at once; whom it does not take, the next sweep finds."""
    for user, following in log.followings().items():
        if isinstance(following, Following) and following.head:
            isolate(queue.enqueue, retry(user, now))


def _is_awaited(user: str, ledger: Ledger, store: Store) -> bool:
    """Return whether nothing was read since an earlier version, and something will be.

    What is read then shows in which units that version stored what it had.
    """
    return bool(ledger.days) and not ledger.read_at and store.tokens.load(user) is not None
