"""Documents as the rooms of this store see them: where they lie, read, and to be written."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

Fields = Mapping[str, Any]

APPLICATION = "plugindata/fitbit"
IDENTITIES = "identities"
HANDSHAKES = "handshakes"


@dataclass(frozen=True, slots=True)
class Found:
    """A document that exists."""

    path: str
    fields: Fields
    updated: object
    """When it was last written, to the microsecond: what a later write may depend on."""

    @property
    def id(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Write:
    """One document to be written whole, or to be deleted when *fields* is None.

    With *since* it must still be as it was read (`Found.updated`), and only the named fields
    are replaced, those *gone* taken away. When *new*, it must not exist.
    """

    path: str
    fields: Fields | None
    since: object = None
    new: bool = False
    gone: Iterable[str] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """Documents of one *collection* by their ids: from *first*, before *end*, behind *after*.

    The document id is all that is ever searched, so that no index need be made or paid.
    """

    collection: str
    fields: tuple[str, ...] = ()
    """Only these; all when empty."""
    first: str = ""
    end: str = ""
    after: str = ""
    limit: int = 0


def living(found: Iterable[Found], life: str) -> list[Found]:
    """Those that belong to this *life*: what a removed person left behind is nobody's."""
    return [document for document in found if document.fields.get("life") == life]


class Changed(Exception):
    """A commit landed nothing, for a document was not as it had been read."""


class Meter:
    """How many documents were read and written: what Firestore asks money for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reads = 0
        self.writes = 0

    def count(self, reads: int = 0, writes: int = 0) -> None:
        """Add to both."""
        with self._lock:
            self.reads += reads
            self.writes += writes


def person(user: str) -> str:
    """The person: their life, the head of their log, how far targets are, what is covered."""
    return f"{IDENTITIES}/{segment(user)}"


def private(user: str) -> str:
    """Their settings, grant and poll key, where the seed's schema has them."""
    return f"{person(user)}/plugindata/fitbit"


def log(user: str) -> str:
    """The collection of their log entries."""
    return f"{person(user)}/log"


def entry(user: str, sequence: int) -> str:
    """One log entry: ids sort as their numbers do."""
    return f"{log(user)}/{sequence:010}"


def head(owner: Found | None) -> int:
    """The number of the newest log entry, of the person's document."""
    return int(owner.fields["head"]) if owner else 0


def measurements(user: str) -> str:
    """The collection of their buckets."""
    return f"sensors/fitbit/{segment(user)}"


def handshake(nonce: str) -> str:
    """A used round of consent."""
    return f"{HANDSHAKES}/{segment(nonce)}"


def segment(text: str) -> str:
    """Return *text* as an id: Firestore keeps ``__x__`` for itself, and ``/`` separates."""
    quoted = quote(text, safe="")
    return quoted if quoted[:1].isalnum() else f"~{quoted}"


def named(segment: str) -> str:
    """What `segment` was made of."""
    return unquote(segment.removeprefix("~"))


def mark() -> str:
    """A random word by which a document is known again."""
    return secrets.token_hex(8)
