"""One person's buckets in the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from healthrelay.adapters.firestore import buckets
from healthrelay.adapters.firestore.documents import Found, Listing, living, measurements, person

if TYPE_CHECKING:
    from healthrelay.adapters.firestore.buckets import Bucket, Point
    from healthrelay.adapters.firestore.database import Database
    from healthrelay.core.records import Delta, Record

# In ASCII, ':' follows '9': ids of a series are its name, a dot and digits.
_FIRST, _END = ".", ".:"


class Shelf:
    """The buckets of *user*, of their present life only."""

    def __init__(self, database: Database, user: str) -> None:
        self._database = database
        self._person = person(user)
        self._collection = measurements(user)

    def path(self, name: str) -> str:
        """Where a bucket lies."""
        return f"{self._collection}/{name}"

    def open(self, points: set[Point]) -> tuple[Found | None, dict[str, Bucket]]:
        """The person and, by name, the buckets that hold *points*, empty ones too.

        One question, if none of them is split; the person is no younger than the buckets.
        """
        names = {buckets.name(point) for point in points}
        found = self._database.get(self._person, *map(self.path, names))
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
            found = self._database.get(*map(self.path, names)) if names else {}
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
        found = self._database.get(*map(self.path, names)) if names else {}
        alive = living(found.values(), life)
        return {document.id: buckets.decoded(document.id, document.fields) for document in alive}

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

    def _keys(self, series: str) -> list[Found]:
        """All buckets of a series, with nothing but the keys inside."""
        first, end = series + _FIRST, series + _END
        return self._database.listing(Listing(self._collection, ("keys",), first, end))
