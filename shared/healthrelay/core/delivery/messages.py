"""The messages that targets are sent: a snapshot, an event, or a link to either.

What a signed webhook carries (``type``, ``timestamp``, ``data``), its ids and its size follow
Standard Webhooks 1.0.0, which wants small bodies: 20 kB.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.delivery.events import RecordIndex, event
from healthrelay.core.json import Json, to_text

if TYPE_CHECKING:
    from datetime import datetime

    from healthrelay.core.delivery.entries import Entry

MAX_BODY_BYTES = 20_000
CHANGED, SNAPSHOT = "measurements.changed", "measurements.snapshot"
TEST = "measurements.test"


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
    readers_url: str

    def link(self, sequence: int, path: str, query: str = "") -> dict[str, Json]:
        """Return data that lead to what is read at *path*; the reader adds its key."""
        pull = f"{self.readers_url}{path}?user={self.user}{query}"
        return {"user": self.user, "sequence": sequence, "pull": pull}


def change_message(entry: Entry, now: RecordIndex, address: Address) -> Message:
    """Return the message of *entry*: with its values, or with a link where they are too many."""
    body = _body(CHANGED, entry.at, {"user": address.user, **event(entry, now)})
    if len(body) >= MAX_BODY_BYTES:
        query = f"&after={entry.sequence - 1}&limit=1"
        body = _body(CHANGED, entry.at, address.link(entry.sequence, "/events", query))
    return Message(address.user, body, _id(address, entry.sequence, entry.at.isoformat()))


def snapshot_message(head: int, at: datetime, address: Address) -> Message:
    """Return the message that entries are no longer kept: read everything up to *head* again."""
    body = _body(SNAPSHOT, at, address.link(head, "/relay"))
    return Message(address.user, body, _id(address, head, SNAPSHOT))


def trial_message(at: datetime, address: Address) -> Message:
    """Return a message that says nothing but that it came: the owner tries the target."""
    body = _body(TEST, at, {"user": address.user, "test": True})
    return Message(address.user, body, _id(address, 0, f"{TEST} {at.isoformat()}"))


def _body(kind: str, at: datetime, data: dict[str, Json]) -> bytes:
    return to_text({"type": kind, "timestamp": at.isoformat(), "data": data}).encode()


def _id(address: Address, sequence: int, of: str) -> str:
    """Return the same for every attempt, another for a new person with an old name."""
    parts = [address.target, address.user, sequence, of]
    return f"msg_{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}"
