"""One person's buckets in the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from healthrelay.adapters.firestore import buckets
from healthrelay.adapters.firestore.documents import (
    Found,
    Listing,
    Write,
    living,
    measurements,
    person,
)

if TYPE_CHECKING:
    from healthrelay.adapters.firestore.buckets import Bucket, Point
    from healthrelay.adapters.firestore.database import Database
    from healthrelay.adapters.firestore.documents import Fields
    from healthrelay.core.measurements.records import Delta, Record

# In ASCII, ':' follows '9': ids of a series are its name, a dot and digits.
_FIRST, _END = ".", ".:"


class Shelf:
    """The buckets of *user*, of their present life only."""

    def __init__(self, database: Database, user: str) -> None:
        self._database = database
        self._person = person(user)
        self._collection = measurements(user)
        self._read: dict[str, Found | None] = {}

    def open(self, points: set[Point]) -> tuple[Found | None, dict[str, Bucket]]:
        """The person and, by name, the buckets that hold *points*, empty ones too.

        One question, if none of them is split. Should a bucket be older than the person, a `write`
        of it lands nothing.
        """
        names = {buckets.name(point) for point in points}
        found = self._get(names, self._person)
        owner = found.get(self._person)
        if owner is None:
            return None, {}
        opened: dict[str, Bucket] = {}
        while names:
            alive = living(found.values(), owner.fields["life"])
            inside = {document.id: document.fields for document in alive}
            split = {name for name in names if buckets.is_split(inside.get(name, {}))}
            opened |= {n: buckets.decoded(n, inside.get(n, {})) for n in names - split}
            names = buckets.parts(split, points)
            found = self._get(names)
        return owner, opened

    def strays(self, delta: Delta, opened: Iterable[str], life: str) -> dict[str, Bucket]:
        """The buckets, beside those *opened*, in which earlier forms of the records lie."""
        keys: dict[str, set[str]] = {}
        for record in (*delta.added, *delta.changed, *delta.removed):
            if buckets.wanders(record.series):
                keys.setdefault(record.series, set()).add(record.key)
        names = {
            document.id
            for series, sought in keys.items()
            for document in self._keys(series)
            if buckets.keys(document.fields) & sought
        } - set(opened)
        alive = living(self._get(names).values(), life)
        return {document.id: buckets.decoded(document.id, document.fields) for document in alive}

    def write(self, name: str, fields: Fields | None) -> Write:
        """The bucket *name* as it shall be; one that was read must still be as it was."""
        path, seen = self._path(name), self._read.get(name)
        if seen is None:
            # One that was not read is a part of one that was: nobody else can know of it.
            return Write(path, fields, new=name in self._read)
        return Write(path, fields, since=seen.updated, gone=seen.fields.keys() - (fields or {}))

    def everything(self) -> list[Record]:
        """All records, of all series."""
        owner = self._database.one(self._person)
        if owner is None:
            return []
        found = self._database.listing(Listing(self._collection))
        return [
            record
            for document in living(found, owner.fields["life"])
            if not buckets.is_split(document.fields)
            for record in buckets.decoded(document.id, document.fields).records.values()
        ]

    def _path(self, name: str) -> str:
        return f"{self._collection}/{name}"

    def _get(self, names: Iterable[str], *more: str) -> dict[str, Found]:
        """The buckets *names*, as they are remembered for a write, and *more* documents."""
        paths = {name: self._path(name) for name in names}
        if not (paths or more):
            return {}
        found = self._database.get(*more, *paths.values())
        self._read |= {name: found.get(path) for name, path in paths.items()}
        return found

    def _keys(self, series: str) -> list[Found]:
        """All buckets of a series, with nothing but the keys inside."""
        first, end = series + _FIRST, series + _END
        return self._database.listing(Listing(self._collection, ("keys",), first, end))
