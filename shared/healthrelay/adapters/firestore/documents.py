"""Documents as this store's modules see them: their paths, what was read, what to write."""

import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

Fields = Mapping[str, Any]

APPLICATION = "plugindata/fitbit"
ACCOUNTS = "plugindata/accounts"
RUNS = "plugindata/runs"
SCHEDULER = "plugindata/scheduler"
IDENTITIES = "identities"
HANDSHAKES = "handshakes"
CHARTS = "charts"
"""Of a person's document: in which form their years are kept, as of which change (`charts.py`)."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document that exists."""

    path: str
    fields: Fields
    updated: object
    """When it was last written, to the microsecond: a later write may depend on it."""
    created: Any = None
    """When it was made; a `datetime`."""

    @property
    def id(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Write:
    """One document to write whole, or to delete when *fields* is None.

    With *since* it must still be as it was read (`StoredDocument.updated`); then only the given
    fields are replaced, and those in *gone* are deleted. When *new*, it must not exist.
    """

    path: str
    fields: Fields | None
    since: object = None
    new: bool = False
    gone: Iterable[str] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """Documents of one *collection* by their ids: from *first*, before *end*, behind *after*.

    Only document ids are ever searched, so that no index needs to be made or paid for.
    """

    collection: str
    fields: tuple[str, ...] = ()
    """Only these; all when empty."""
    first: str = ""
    end: str = ""
    after: str = ""
    limit: int = 0


def of_incarnation(stored: Iterable[StoredDocument], incarnation: str) -> list[StoredDocument]:
    """Return those of this *incarnation*: what a removed person left behind is nobody's."""
    return [document for document in stored if document.fields.get("life") == incarnation]


class CommitConflict(Exception):
    """A commit wrote nothing because a document was not as it had been read."""


class Meter:
    """How many documents were read and written: what Firestore charges for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reads = 0
        self.writes = 0

    def count(self, reads: int = 0, writes: int = 0) -> None:
        with self._lock:
            self.reads += reads
            self.writes += writes


def person_path(user: str) -> str:
    """Return the path of the person: incarnation, head of the log, targets' progress, ledger."""
    return f"{IDENTITIES}/{to_segment(user)}"


def private_path(user: str) -> str:
    """Return the path of their settings, grant and poll key, as in the seed's schema."""
    return f"{person_path(user)}/plugindata/fitbit"


def log_path(user: str) -> str:
    return f"{person_path(user)}/log"


def entry_path(user: str, sequence: int) -> str:
    """Return the path of one log entry; ids sort as their numbers do."""
    return f"{log_path(user)}/{sequence:010}"


def charts_path(user: str) -> str:
    return f"{person_path(user)}/charts"


def log_head(owner: StoredDocument | None) -> int:
    """Return the number of the newest log entry from the person's document *owner*."""
    return int(owner.fields["head"]) if owner else 0


def buckets_path(user: str) -> str:
    return f"sensors/fitbit/{to_segment(user)}"


def handshake_path(nonce: str) -> str:
    return f"{HANDSHAKES}/{to_segment(nonce)}"


def to_segment(text: str) -> str:
    """Return *text* as an id: Firestore reserves ``__x__``, and ``/`` separates."""
    quoted = quote(text, safe="")
    return quoted if quoted[:1].isalnum() else f"~{quoted}"


def from_segment(segment: str) -> str:
    """Return what `to_segment` was given."""
    return unquote(segment.removeprefix("~"))


def commit_id() -> str:
    """Return a random word by which a writer recognises its own commit."""
    return secrets.token_hex(8)
