"""What a signed webhook carries: one event, or the news that there is one.

The outline (``type``, ``timestamp``, ``data``), the ids and the size follow Standard
Webhooks 1.0.0, which asks for small bodies: 20 kB.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.delivery.events import event

if TYPE_CHECKING:
    from datetime import datetime

    from healthrelay.core.delivery.entries import Entry
    from healthrelay.core.delivery.events import Known
    from healthrelay.core.json import Json

MAX_BODY = 20_000
CHANGED, AGAIN = "measurements.changed", "measurements.snapshot"


class Message(NamedTuple):
    """One request's body, and the id that all its repetitions share."""

    id: str
    body: bytes


class Address(NamedTuple):
    """To whom a message goes, about whom, and where its reader finds more."""

    target: str
    user: str
    public_url: str

    def pull(self, after: int, limit: int = 1) -> str:
        """Where the entries behind *after* are read; the reader adds its key."""
        return f"{self.public_url}/relay/events?user={self.user}&after={after}&limit={limit}"


def changed(entry: Entry, now: Known, address: Address) -> Message:
    """The message of *entry*; without values, but a link to them, where they are too many."""
    data: dict[str, Json] = {"user": address.user, **event(entry, now)}
    body = _body(CHANGED, entry.at, data)
    if len(body) >= MAX_BODY:
        link = address.pull(entry.sequence - 1)
        thin: dict[str, Json] = {"user": address.user, "sequence": entry.sequence, "pull": link}
        body = _body(CHANGED, entry.at, thin)
    return Message(_id(address, entry.sequence, entry.at), body)


def again(head: int, at: datetime, address: Address) -> Message:
    """The message that entries are no longer kept: read everything up to *head* anew."""
    data: dict[str, Json] = {
        "user": address.user,
        "sequence": head,
        "pull": f"{address.public_url}/relay?user={address.user}",
    }
    return Message(_id(address, head, None), _body(AGAIN, at, data))


def _body(kind: str, at: datetime, data: dict[str, Json]) -> bytes:
    outline = {"type": kind, "timestamp": at.isoformat(), "data": data}
    return json.dumps(outline, separators=(",", ":")).encode()


def _id(address: Address, sequence: int, at: datetime | None) -> str:
    """The same for every attempt; another for a person of the same name, made anew."""
    told = [address.target, address.user, sequence, at.isoformat() if at else AGAIN]
    return f"msg_{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]}"
