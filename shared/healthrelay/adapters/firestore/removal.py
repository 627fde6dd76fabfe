"""Deleting what a removed person left behind.

A document of measurements, of the log or for charts names its incarnation of the person, which
ends when the person's own document is deleted. So whatever is listed here and is not of the
incarnation that the person has *afterwards* is stale for good. It is deleted on condition that
nobody has written it again.
"""

from functools import partial

from healthrelay.adapters.firestore.database import FirestoreDatabase, retry_on_conflict
from healthrelay.adapters.firestore.documents import (
    Listing,
    Write,
    buckets_path,
    charts_path,
    log_path,
    person_path,
)

BATCH = 500


def delete_stale_documents(database: FirestoreDatabase, user: str) -> int:
    """Delete every document of earlier incarnations of *user*; return how many."""
    deleted = 0
    for collection in (buckets_path(user), log_path(user), charts_path(user)):
        after: str | None = ""
        while after is not None:
            page = Listing(collection, ("life",), after=after, limit=BATCH)
            count, after = retry_on_conflict(partial(_delete_page, database, user, page))
            deleted += count
    return deleted


def _delete_page(database: FirestoreDatabase, user: str, page: Listing) -> tuple[int, str | None]:
    """Delete the stale documents of one *page*; return how many, and where the next starts."""
    listed = database.listing(page)
    if not listed:
        return 0, None
    owner = database.get_one(person_path(user))
    incarnation = owner.fields.get("life") if owner else None
    stale = [document for document in listed if document.fields.get("life") != incarnation]
    if stale:
        database.commit(*(Write(d.path, None, since=d.updated) for d in stale))
    return len(stale), listed[-1].id
