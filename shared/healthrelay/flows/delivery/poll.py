"""What the store holds of a person, for the holder of their poll key."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import NotAllowed, TryLater
from healthrelay.core.measurements.catalogue import METRIC
from healthrelay.core.measurements.snapshot import by_series, encoded, recent
from healthrelay.flows.presenter import presenter

if TYPE_CHECKING:
    from healthrelay.core.json import Json
    from healthrelay.ports.store import Identities, Store


class Form(NamedTuple):
    """How a snapshot is wanted: of so many days, with its newest change's number, in XML; units."""

    days: int
    cursor: bool = False
    xml: bool = False
    system: str = METRIC


def new_poll_key(user: str, identities: Identities) -> str:
    """Return a fresh key for *user*; the old one stops. Only its hash is stored."""
    key = secrets.token_urlsafe(24)
    identities.save_poll_key(user, _hash(key))
    return key


def require_key(user: str, key: str, identities: Identities) -> None:
    """Raise `NotAllowed` unless *key* is the person's, `Unknown` for a stranger."""
    stored = identities.poll_key(user)
    if stored is None or not hmac.compare_digest(stored, _hash(key)):
        raise NotAllowed("The key is missing or wrong.")


def poll(user: str, key: str, store: Store, form: Form) -> bytes:
    """Return the snapshot of *user* from the store alone; no provider is read while Igor waits.

    The cursor is read before the records, which may be newer than it, but never older.
    """
    require_key(user, key, store.identities)
    cursor: Json = {"cursor": str(store.log.head(user))} if form.cursor else None
    records = store.records.everything(user)
    show = presenter(user, records, store.records, form.system)
    series = by_series(recent(records, form.days), show)
    if not series:
        # Igor would take an empty answer as the truth and wipe what it has.
        raise TryLater("Nothing has been recorded yet.", 300)
    document: dict[str, Json] = {**series, **({"relay": cursor} if cursor else {})}
    if form.xml:
        from healthrelay.core.measurements.snapshot import xml  # noqa: PLC0415 - most want JSON

        return xml(user, document).encode()
    return encoded(user, document)


def _hash(key: str) -> str:
    # The key is 24 random bytes, so a plain hash of it cannot be guessed back.
    return hashlib.sha256(key.encode()).hexdigest()
