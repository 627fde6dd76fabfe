"""What the store knows of a person, handed to their home."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import HealthrelayError, NotAllowed, TryLater
from healthrelay.core.snapshot import snapshot

if TYPE_CHECKING:
    from healthrelay.ports import Identities, Records, Sink, Store

MAX_ROUNDS = 3


class Delivery(NamedTuple):
    """How many changes a target got now, how many still wait, and why."""

    delivered: int = 0
    waiting: int = 0
    trouble: HealthrelayError | None = None


def new_poll_key(user: str, identities: Identities) -> str:
    """A fresh key for *user*; the old one stops. Only its hash is kept."""
    key = secrets.token_urlsafe(24)
    identities.save_poll_key(user, _hashed(key))
    return key


def poll(user: str, key: str, identities: Identities, records: Records) -> bytes:
    """The snapshot of *user* from the store alone; no provider is asked while Igor waits."""
    stored = identities.poll_key(user)
    if stored is None or not hmac.compare_digest(stored, _hashed(key)):
        raise NotAllowed("The key is missing or wrong.")
    body = snapshot(user, records.everything(user))
    if body is None:
        # Igor would take an empty answer for the truth and wipe what it has.
        raise TryLater("Nothing has been recorded yet.", 300)
    return body


def deliver(user: str, store: Store, sink: Sink | None) -> Delivery:
    """Bring *sink* up to date with one PUT, however many changes wait.

    What cannot be delivered stays waiting and goes with the next call. A snapshot is read
    after its sequence number, so it may be newer than the number but never older; and
    when somebody wrote during the PUT, we go again, for an older snapshot of another
    worker may have arrived last.
    """
    if sink is None:
        return Delivery()
    done = store.log.delivered(user, sink.name)
    start = done
    for _ in range(MAX_ROUNDS):
        head = store.log.head(user)
        if head <= done:
            break
        try:
            body = snapshot(user, store.records.everything(user))
            if body is not None:
                sink.put(user, body)
        except HealthrelayError as error:
            return Delivery(done - start, head - done, error)
        store.log.mark_delivered(user, sink.name, head)
        done = head
    return Delivery(done - start, max(store.log.head(user) - done, 0))


def _hashed(key: str) -> str:
    # The key is 24 random bytes, so a plain hash of it cannot be guessed back.
    return hashlib.sha256(key.encode()).hexdigest()
