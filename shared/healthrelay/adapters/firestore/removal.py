"""Deleting what a removed person left behind.

A document of measurements or of the log names the life it belongs to, and a life ends with
the person's own document. So whatever is listed here and is not of the life that the person
has *afterwards* is dead for good. It is deleted under the condition that nobody wrote it anew.
"""

from __future__ import annotations

from functools import partial

from healthrelay.adapters.firestore.database import Database, settled
from healthrelay.adapters.firestore.documents import Listing, Write, log, measurements, person

BATCH = 500


def sweep(database: Database, user: str) -> int:
    """Delete everything of the lives that *user* no longer has; returns how much that was."""
    swept = 0
    for collection in (measurements(user), log(user)):
        after: str | None = ""
        while after is not None:
            page = Listing(collection, ("life",), after=after, limit=BATCH)
            deleted, after = settled(partial(_page, database, user, page))
            swept += deleted
    return swept


def _page(database: Database, user: str, page: Listing) -> tuple[int, str | None]:
    """Delete the dead of one *page*; returns how many, and where the next one begins."""
    listed = database.listing(page)
    if not listed:
        return 0, None
    owner = database.one(person(user))
    life = owner.fields["life"] if owner else None
    dead = [document for document in listed if document.fields.get("life") != life]
    if dead:
        database.commit(*(Write(d.path, None, since=d.updated) for d in dead))
    return len(dead), listed[-1].id
