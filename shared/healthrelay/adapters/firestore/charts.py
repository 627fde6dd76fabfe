"""What the charts of years need, a document a year: ``identities/{user}/charts/2026``.

They follow from the records. Who looks first makes them, all in one commit, and from then on they
are written with the records. The person's document says in which form they are there, and as of
which change: where an earlier version wrote beside us, the next look makes them again.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from healthrelay.adapters.firestore.buckets import MAX_BYTES, Bucket
from healthrelay.adapters.firestore.database import FirestoreDatabase
from healthrelay.adapters.firestore.documents import (
    CHARTS,
    CommitConflict,
    Fields,
    Listing,
    StoredDocument,
    Write,
    charts_path,
    of_incarnation,
)
from healthrelay.adapters.firestore.user_buckets import UserBuckets
from healthrelay.core.charts.thin import (
    FORM,
    Year,
    from_text,
    thin_years,
    to_text,
    year_after,
    year_of,
)
from healthrelay.core.charts.values import SERIES
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record


def read_years(
    database: FirestoreDatabase, user: str, owner: StoredDocument, first: str
) -> list[Record]:
    """Return the thin records of *user*, in any order, at least from the year *first* on."""
    if _are_kept(owner):
        stored = database.listing(Listing(charts_path(user), first=first))
        years = [_read(one) for one in of_incarnation(stored, str(owner.fields["life"]))]
        if None not in years:
            return [record for year in years if year for record in year.values()]
    made = thin_years(UserBuckets(database, user).named(dict.fromkeys(sorted(SERIES))))
    _keep(database, user, owner, made)
    return [record for year in made.values() for record in year.values()]


def _keep(
    database: FirestoreDatabase, user: str, owner: StoredDocument, made: Mapping[str, Year]
) -> None:
    """Write the years that were *made* of the records, unless one is too large."""
    before = database.listing(Listing(charts_path(user), ("life",)))
    writes = [Write(document.path, None) for document in before if document.id not in made]
    writes += [_write(user, str(owner.fields["life"]), *year) for year in made.items()]
    if all(_fits(write) for write in writes):
        form = {CHARTS: _form(owner.fields)}
        # Whoever wrote meanwhile, or the next look, leads on.
        with suppress(CommitConflict):
            database.commit(Write(owner.path, form, since=owner.updated), *writes)


def change_years(
    database: FirestoreDatabase,
    user: str,
    owner: StoredDocument,
    opened: Mapping[str, Bucket],
    change: tuple[Delta, dict[str, Any]],
) -> list[Write]:
    """Return the writes of the years that a *change* of records touches.

    It comes with the fields that it writes of *owner*, to which the form of the years is added;
    *opened* are the buckets that held the records before. Where the next look makes the years
    again, nothing is written.
    """
    delta, fields = change
    if not _are_kept(owner):
        return []
    paths = {year: f"{charts_path(user)}/{year}" for year in sorted(_touched(opened, delta))}
    stored = database.get(*paths.values()) if paths else {}
    life, writes = str(owner.fields["life"]), []
    for name, path in paths.items():
        document = stored.get(path)
        current = of_incarnation([document] if document else [], life)
        before = _read(current[0]) if current else {}
        if before is None:
            return []
        after = year_after(name, before, delta)
        if after != before:
            write = _write(user, life, name, after)
            since = document.updated if document else None
            writes.append(replace(write, since=since, new=document is None))
    if not all(_fits(write) for write in writes):
        return []
    fields[CHARTS] = _form(fields)
    return writes


def _are_kept(owner: StoredDocument) -> bool:
    return bool(owner.fields.get(CHARTS) == _form(owner.fields))


def _form(owner: Fields) -> str:
    return f"{FORM}.{owner.get('mark', '')}"


def _touched(opened: Mapping[str, Bucket], delta: Delta) -> set[str]:
    """Return the years of the charted records in *delta*, and those in which they were before."""
    changed = [r for r in (*delta.removed, *delta.written) if r.series in SERIES]
    names = {record.name for record in changed}
    before = [r for one in opened.values() for r in one.records.values() if r.name in names]
    return {year_of(record) for record in (*changed, *before)}


def _read(document: StoredDocument) -> Year | None:
    """Return the year in *document*; None for one that cannot be read."""
    try:
        return from_text(zlib.decompress(document.fields["packed"]).decode())
    except Exception:  # noqa: BLE001 - it is made again of the records
        return None


def _write(user: str, life: str, name: str, year: Year) -> Write:
    fields = {"life": life, "packed": zlib.compress(to_text(year).encode())} if year else None
    return Write(f"{charts_path(user)}/{name}", fields)


def _fits(write: Write) -> bool:
    return write.fields is None or len(write.fields["packed"]) <= MAX_BYTES
