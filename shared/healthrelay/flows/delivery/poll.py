"""What the store holds of a person, for the holder of their poll key."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from healthrelay.core.damage import Damaged
from healthrelay.core.errors import NotAllowed, TryLater, Unknown
from healthrelay.core.gzip import MIN_BYTES, compress
from healthrelay.core.measurements.snapshot import by_series, encoded, recent
from healthrelay.flows.delivery.snapshots import Sent
from healthrelay.flows.presenter import presenter

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthrelay.core.json import Json
    from healthrelay.core.measurements.records import Everything
    from healthrelay.flows.delivery.snapshots import Form, Snapshots
    from healthrelay.ports.store import Identities, Store

_REFUSAL = "The key is missing or wrong."
"""For a stranger's name, too: nobody learns here who exists."""


def new_poll_key(user: str, identities: Identities) -> str:
    """Return a fresh key for *user*; the old one stops. Only its hash is stored."""
    key = secrets.token_urlsafe(24)
    save_poll_key(user, key, identities)
    return key


def save_poll_key(user: str, key: str, identities: Identities) -> None:
    """Let *key*, of 24 random bytes, open what there is of *user*; the old one stops."""
    identities.save_poll_key(user, _hash(key))


def require_key(user: str, key: str, identities: Identities) -> None:
    """Raise `NotAllowed` unless *key* is the person's, with one sentence for all who may not."""
    try:
        stored = identities.poll_key(user)
    except (Unknown, Damaged) as error:  # what is damaged, the doctor names
        raise NotAllowed(_REFUSAL) from error
    if stored is None or not hmac.compare_digest(stored, _hash(key)):
        raise NotAllowed(_REFUSAL)


def poll(
    user: str,
    key: str,
    store: Store,
    form: Form,
    snapshots: Snapshots,
    system: Callable[[], str] | None = None,
) -> Sent:
    """Return the snapshot of *user* from the store alone; no provider is read while Igor waits.

    While the records are those of the one that was sent last, the same bytes are sent again.
    *system* finds out the system of *form*, for who has the key: a stranger costs one read.
    """
    try:
        require_key(user, key, store.identities)
    except NotAllowed as error:
        if isinstance(error.__cause__, Unknown):
            snapshots.forget(user)
        raise
    if system:
        form = form._replace(system=system())
    sent = snapshots.of(user, form)
    now = store.records.everything_since(user, sent.version if sent else "")
    if sent and now is None:
        return sent
    if now is None or not now.records:
        # Igor would take an empty answer as the truth and wipe what it has.
        raise TryLater("Nothing has been recorded yet.", 300)
    body = _render(user, now, store, form)
    smaller = form.gzip and len(body) >= MIN_BYTES
    sent = Sent(now.version, compress(body) if smaller else body, smaller)
    snapshots.keep(user, form, sent)
    return sent


def _render(user: str, now: Everything, store: Store, form: Form) -> bytes:
    show = presenter(user, now.records, store.records, form.system)
    series = by_series(recent(now.records, form.days), show)
    cursor: dict[str, Json] = {"relay": {"cursor": str(now.head)}} if form.cursor else {}
    document: dict[str, Json] = {**series, **cursor}
    if form.xml:
        from healthrelay.core.measurements.snapshot import xml  # noqa: PLC0415 - most want JSON

        return xml(user, document).encode()
    return encoded(user, document)


def _hash(key: str) -> str:
    # The key is 24 random bytes, so a plain hash of it cannot be guessed back.
    return hashlib.sha256(key.encode()).hexdigest()
