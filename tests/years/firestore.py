"""A Firestore in this process, with the shape of Google's own client.

Everything of ours is above it. As in the real one a commit is all or nothing, a write may depend
on when its document was last written, and neither may be too large.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from unittest.mock import patch

from google.api_core import exceptions
from google.cloud import firestore

from healthrelay.adapters.firestore.store import FirestoreStore

MAX_DOCUMENT_BYTES, MAX_COMMIT_BYTES, MAX_WRITES = 1_048_576, 10 * 1_048_576, 500
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
Fields = dict[str, Any]


class Reference(NamedTuple):
    """Where a document is."""

    path: str

    @property
    def id(self) -> str:
        return self.path.rpartition("/")[2]


class Snapshot(NamedTuple):
    """A document as it was when it was read."""

    reference: Reference
    fields: Fields | None
    update_time: datetime | None
    create_time: datetime | None

    @property
    def exists(self) -> bool:
        return self.fields is not None

    def to_dict(self) -> Fields | None:
        return copy.copy(self.fields)


class Stored(NamedTuple):
    """What a document holds, since when, and since when it is there."""

    fields: Fields
    updated: datetime
    created: datetime


class Option(NamedTuple):
    """On which condition a document is written."""

    last_update_time: datetime


class Documents:
    """All documents, by collection and id."""

    def __init__(self) -> None:
        self.collections: dict[str, dict[str, Stored]] = {}
        self._ticks = itertools.count()

    def get(self, path: str) -> Stored | None:
        collection, _, id_ = path.rpartition("/")
        return self.collections.get(collection, {}).get(id_)

    def snapshot(self, path: str) -> Snapshot:
        stored = self.get(path)
        return Snapshot(Reference(path), *(stored or (None, None, None)))

    def write(self, changes: dict[str, Fields | None]) -> None:
        """Make all *changes* at one instant; None deletes."""
        instant = _BEGIN + timedelta(microseconds=next(self._ticks))
        for path, fields in changes.items():
            collection, _, id_ = path.rpartition("/")
            documents = self.collections.setdefault(collection, {})
            if fields is None:
                documents.pop(id_, None)
            else:
                before = documents.get(id_)
                documents[id_] = Stored(fields, instant, before.created if before else instant)

    def size(self) -> int:
        """Return how many bytes all of them hold."""
        every = (one for each in self.collections.values() for one in each.values())
        return sum(_bytes(stored.fields) for stored in every)

    def paths(self) -> Iterator[str]:
        for collection, documents in self.collections.items():
            yield from (f"{collection}/{id_}" for id_ in documents)


class Batch:
    """Writes that are committed together."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._changes: list[tuple[str, Reference, Fields | None, Option | None]] = []

    def set(self, reference: Reference, fields: Fields) -> None:
        self._changes.append(("set", reference, fields, None))

    def create(self, reference: Reference, fields: Fields) -> None:
        self._changes.append(("create", reference, fields, None))

    def update(self, reference: Reference, fields: Fields, option: Option) -> None:
        self._changes.append(("update", reference, fields, option))

    def delete(self, reference: Reference, option: Option | None = None) -> None:
        self._changes.append(("delete", reference, None, option))

    def commit(self, **_: Any) -> None:
        """Write all or nothing."""
        changes: dict[str, Fields | None] = {}
        for what, reference, fields, option in self._changes:
            stored = self._documents.get(reference.path)
            _check(what, stored, option)
            changes[reference.path] = _after(what, stored, fields)
        sizes = [_bytes(fields) for fields in changes.values() if fields]
        if len(changes) > MAX_WRITES or sum(sizes) > MAX_COMMIT_BYTES:
            raise exceptions.InvalidArgument("too much in one commit")
        if max(sizes, default=0) > MAX_DOCUMENT_BYTES:
            raise exceptions.InvalidArgument("too large a document")
        self._documents.write(changes)


class Query:
    """Documents of one collection, by their ids."""

    def __init__(self, documents: Documents, collection: str) -> None:
        self._documents, self._collection = documents, collection
        self._bounds: list[tuple[str, str]] = []
        self._fields: Iterable[str] = ()
        self._limit: int | None = None

    def document(self, id_: str) -> Reference:
        return Reference(f"{self._collection}/{id_}")

    def order_by(self, _: str) -> Query:
        return self

    def where(self, *, filter: Any) -> Query:  # noqa: A002 - Google's own word
        self._bounds.append((filter.op_string, filter.value.id))
        return self

    def select(self, fields: Iterable[str]) -> Query:
        self._fields = tuple(fields)
        return self

    def limit(self, count: int) -> Query:
        self._limit = count
        return self

    def stream(self, **_: Any) -> Iterator[Snapshot]:
        documents = self._documents.collections.get(self._collection, {})
        ids = [i for i in sorted(documents) if all(_COMPARE[op](i, b) for op, b in self._bounds)]
        for id_ in ids[: self._limit]:
            fields, updated, created = documents[id_]
            wanted = {n: fields[n] for n in self._fields if n in fields} if self._fields else fields
            yield Snapshot(self.document(id_), wanted, updated, created)


class Client:
    """The part of `google.cloud.firestore.Client` that is used."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def document(self, path: str) -> Reference:
        return Reference(path)

    def collection(self, path: str) -> Query:
        return Query(self._documents, path)

    def get_all(self, references: Iterable[Reference], **_: Any) -> Iterator[Snapshot]:
        return (self._documents.snapshot(reference.path) for reference in references)

    def batch(self) -> Batch:
        return Batch(self._documents)

    def write_option(self, *, last_update_time: datetime) -> Option:
        return Option(last_update_time)

    def close(self) -> None:
        """Do nothing: there is no connection."""


def open_store(documents: Documents) -> FirestoreStore:
    """Return our own store over *documents*."""
    store = FirestoreStore("years")
    with patch.object(firestore, "Client", lambda **_: Client(documents)):
        # Its client is made at the first use.
        store.identities.names()
    return store


_COMPARE = {">=": str.__ge__, "<": str.__lt__, ">": str.__gt__}


def _check(what: str, stored: Stored | None, option: Option | None) -> None:
    if what == "create" and stored:
        raise exceptions.AlreadyExists("it exists")
    if option and stored is None:
        raise exceptions.NotFound("it does not exist")
    if option and stored and stored.updated != option.last_update_time:
        raise exceptions.FailedPrecondition("it was changed")


def _after(what: str, stored: Stored | None, fields: Fields | None) -> Fields | None:
    if fields is None or what != "update" or stored is None:
        return fields
    merged = {**stored.fields, **fields}
    return {name: value for name, value in merged.items() if value is not firestore.DELETE_FIELD}


def _bytes(fields: Fields) -> int:
    return sum(
        len(name) + len(value if isinstance(value, bytes) else str(value))
        for name, value in fields.items()
    )
