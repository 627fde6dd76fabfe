"""One person's buckets in the database."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from healthrelay.adapters.firestore import buckets
from healthrelay.adapters.firestore.buckets import Bucket, Point
from healthrelay.adapters.firestore.database import FirestoreDatabase
from healthrelay.adapters.firestore.documents import (
    Fields,
    Listing,
    StoredDocument,
    Write,
    buckets_path,
    of_incarnation,
    person_path,
)
from healthrelay.adapters.firestore.reading import check_owner, place
from healthrelay.core.damage import read_stored
from healthrelay.core.measurements.catalogue import EPOCH, SERIES, Kind
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Names, Record

T = TypeVar("T")

# In ASCII, ':' follows '9': ids of a series are its name, a dot and digits.
_FIRST, _END = ".", ".:"


class UserBuckets:
    """The buckets of *user*, of their present incarnation only."""

    def __init__(self, database: FirestoreDatabase, user: str) -> None:
        self._database = database
        self._user = user
        self._person = person_path(user)
        self._collection = buckets_path(user)
        self._documents: dict[str, StoredDocument | None] = {}

    def open(self, points: set[Point]) -> tuple[StoredDocument | None, dict[str, Bucket]]:
        """Return the person and, by name, the buckets that hold *points*, empty ones too.

        One call, if none of them is split. If a bucket is older than the person, a `write`
        of it fails.
        """
        names = {buckets.bucket_name(point) for point in points}
        stored = self._get(names, self._person)
        owner = stored.get(self._person)
        if owner is None:
            return None, {}
        check_owner(owner, self._user)
        opened: dict[str, Bucket] = {}
        while names:
            current = of_incarnation(stored.values(), owner.fields["life"])
            inside = {document.id: document.fields for document in current}
            split = {name for name in names if buckets.is_split(inside.get(name, {}))}
            opened |= {n: self._decode(n, inside.get(n, {})) for n in names - split}
            names = buckets.narrower_buckets(split, points)
            stored = self._get(names)
        return owner, opened

    def stale_buckets(
        self, delta: Delta, opened: Iterable[str], incarnation: str
    ) -> dict[str, Bucket]:
        """Return the buckets, besides those *opened*, that hold earlier forms of the records."""
        keys: dict[str, set[str]] = {}
        for record in (*delta.written, *delta.removed):
            if buckets.key_is_not_day(record.series):
                keys.setdefault(record.series, set()).add(record.key)
        return self._holding(keys, opened, incarnation)

    def named(self, names: Names) -> list[Record]:
        """Return the records of those *names*; only the buckets that hold them are read."""
        by_key = {series: set(keys) for series, keys in names.items() if keys is not None}
        days = {s: keys for s, keys in by_key.items() if not buckets.key_is_not_day(s)}
        owner, opened = self.open(
            {(series, _day(series, key)) for series, keys in days.items() for key in keys}
        )
        if owner is None:
            return []
        incarnation = str(owner.fields["life"])
        entries = {series: keys for series, keys in by_key.items() if series not in days}
        opened |= self._holding(entries, (), incarnation)
        whole = (self._list(series) for series, keys in names.items() if keys is None)
        records = [record for bucket in opened.values() for record in bucket.records.values()]
        return [record for record in records if record.key in by_key[record.series]] + [
            record for stored in whole for record in self._records(stored, incarnation)
        ]

    def series(self, owner: StoredDocument) -> list[str]:
        """Return the series of the person in the document *owner*; of each one bucket is read."""
        found: list[str] = []
        page = Listing(self._collection, ("life", "split"), limit=1)
        while listed := self._database.listing(page):
            (document,) = listed
            current = of_incarnation(listed, owner.fields["life"])
            if current and not buckets.is_split(document.fields):
                found.append(document.id.rpartition(".")[0])
                page = replace(page, first=found[-1] + _END, after="")
            else:
                page = replace(page, first="", after=document.id)
        return found

    def write(self, name: str, fields: Fields | None) -> Write:
        """Return the write of the bucket *name*; one that was read must still be as it was."""
        path, seen = self._path(name), self._documents.get(name)
        if seen is None:
            # One that was not read is a part of one that was: nobody else can know it.
            return Write(path, fields, new=name in self._documents)
        return Write(path, fields, since=seen.updated, gone=seen.fields.keys() - (fields or {}))

    def everything(self, owner: StoredDocument) -> list[Record]:
        """Return all records of the person in the document *owner*."""
        stored = self._database.listing(Listing(self._collection))
        return self._records(stored, str(owner.fields["life"]))

    def _decode(self, name: str, fields: Fields) -> Bucket:
        return self._read(partial(buckets.decode, name), name, fields)

    def _read(self, read: Callable[[Fields], T], name: str, fields: Fields) -> T:
        where = place("records", self._path(name))
        return read_stored(self._user, where, read, fields)

    def _records(self, stored: Iterable[StoredDocument], incarnation: str) -> list[Record]:
        return [
            record
            for document in of_incarnation(stored, incarnation)
            if not buckets.is_split(document.fields)
            for record in self._decode(document.id, document.fields).records.values()
        ]

    def _path(self, name: str) -> str:
        return f"{self._collection}/{name}"

    def _get(self, names: Iterable[str], *more: str) -> dict[str, StoredDocument]:
        """Return the buckets *names*, remembering them for a write, and *more* documents."""
        paths = {name: self._path(name) for name in names}
        if not (paths or more):
            return {}
        stored = self._database.get(*more, *paths.values())
        self._documents |= {name: stored.get(path) for name, path in paths.items()}
        return stored

    def _holding(
        self, keys: Mapping[str, set[str]], opened: Iterable[str], incarnation: str
    ) -> dict[str, Bucket]:
        """Return the buckets, besides those *opened*, that hold any of the *keys* of a series."""
        names = {
            document.id
            for series, wanted in keys.items()
            for document in self._list(series, "keys")
            if self._read(buckets.read_keys, document.id, document.fields) & wanted
        } - set(opened)
        current = of_incarnation(self._get(names).values(), incarnation)
        return {document.id: self._decode(document.id, document.fields) for document in current}

    def _list(self, series: str, *fields: str) -> list[StoredDocument]:
        """Return all buckets of a series, with only those *fields*, if any are named."""
        first, end = series + _FIRST, series + _END
        return self._database.listing(Listing(self._collection, fields, first, end))


def _day(series: str, key: str) -> str:
    """Return the day of a record whose key is one; a state has none."""
    return EPOCH.isoformat() if SERIES[series].kind is Kind.STATE else key
