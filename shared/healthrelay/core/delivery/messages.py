"""The messages that targets are sent: a snapshot, an event, or a link to either.

What a signed webhook carries (``type``, ``timestamp``, ``data``), its ids and its size follow
Standard Webhooks 1.0.0, which wants small bodies: 20 kB.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.delivery.events import event

if TYPE_CHECKING:
    from datetime import datetime

    from healthrelay.core.delivery.entries import Entry
    from healthrelay.core.delivery.events import RecordIndex
    from healthrelay.core.json import Json

MAX_BODY_BYTES = 20_000
CHANGED, SNAPSHOT = "measurements.changed", "measurements.snapshot"


class Message(NamedTuple):
    """One request's body, and whom it is about."""

    user: str
    body: bytes
    id: str = ""
    """What all its repetitions share; a body that replaces everything needs none."""


class Address(NamedTuple):
    """To which target a message goes, about whom, and where its reader finds more."""

    target: str
    user: str
    public_url: str

    def pull(self, after: int, limit: int = 1) -> str:
        """Return where the entries behind *after* are read; the reader adds its key."""
        return f"{self.public_url}/relay/events?user={self.user}&after={after}&limit={limit}"


def change_message(entry: Entry, now: RecordIndex, address: Address) -> Message:
    """Return the message of *entry*: with its values, or with a link where they are too many."""
    data: dict[str, Json] = {"user": address.user, **event(entry, now)}
    body = _body(CHANGED, entry.at, data)
    if len(body) >= MAX_BODY_BYTES:
        link = address.pull(entry.sequence - 1)
        thin: dict[str, Json] = {"user": address.user, "sequence": entry.sequence, "pull": link}
        body = _body(CHANGED, entry.at, thin)
    return Message(address.user, body, _id(address, entry.sequence, entry.at))


def snapshot_message(head: int, at: datetime, address: Address) -> Message:
    """Return the message that entries are no longer kept: read everything up to *head* again."""
    data: dict[str, Json] = {
        "user": address.user,
        "sequence": head,
        "pull": f"{address.public_url}/relay?user={address.user}",
    }
    return Message(address.user, _body(SNAPSHOT, at, data), _id(address, head, None))


def _body(kind: str, at: datetime, data: dict[str, Json]) -> bytes:
    outline = {"type": kind, "timestamp": at.isoformat(), "data": data}
    return json.dumps(outline, separators=(",", ":")).encode()


def _id(address: Address, sequence: int, at: datetime | None) -> str:
    """Return the same for every attempt, another for a new person with an old name."""
    parts = [address.target, address.user, sequence, at.isoformat() if at else SNAPSHOT]
    return f"msg_{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}"
