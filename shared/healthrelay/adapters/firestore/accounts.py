"""Whose account each is: one document of the household, committed with what depends on it."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from healthrelay.adapters.firestore import documents
from healthrelay.adapters.firestore.database import (
    FirestoreDatabase,
    FirestorePort,
    retry_on_conflict,
)
from healthrelay.adapters.firestore.documents import Listing, StoredDocument, Write
from healthrelay.adapters.firestore.reading import read_grant
from healthrelay.core.damage import Damaged
from healthrelay.core.json import to_text

if TYPE_CHECKING:
    from healthrelay.core.grants.bindings import Bindings
    from healthrelay.core.json import Document
    from healthrelay.ports.store import Bind


class FirestoreAccounts(FirestorePort):
    """Whose account each is."""

    def load(self) -> Bindings:
        return _read_bindings(self._database, self._database.get_one(documents.ACCOUNTS))

    def change(self, bind: Bind) -> None:
        retry_on_conflict(lambda: self._database.commit(write_bindings(self._database, bind)))


def write_bindings(database: FirestoreDatabase, bind: Bind) -> Write:
    """Return the write of what *bind* makes of the bindings as they are now."""
    current = database.get_one(documents.ACCOUNTS)
    text = to_text(bind(_read_bindings(database, current)).to_document())
    since = current.updated if current else None
    return Write(documents.ACCOUNTS, {"bindings": text}, since=since, new=current is None)


def keep_bindings(database: FirestoreDatabase) -> list[Write]:
    """Return the write of the bindings before a grant that they come from is gone, if needed."""
    if database.get_one(documents.ACCOUNTS):
        return []
    return [write_bindings(database, lambda bindings: bindings)]


def release_accounts(database: FirestoreDatabase, user: str) -> list[Write]:
    """Return the write after which the accounts of *user*, who is removed, are nobody's."""
    if database.get_one(documents.ACCOUNTS) is None:
        return []
    return [write_bindings(database, lambda bindings: bindings.replace(user, ()))]


def _read_bindings(database: FirestoreDatabase, current: StoredDocument | None) -> Bindings:
    """Return the bindings; of a store without, what its grants say."""
    from healthrelay.core.grants.bindings import Bindings  # noqa: PLC0415 - a fetch needs none
    from healthrelay.core.grants.damaged_bindings import read_bindings  # noqa: PLC0415 - as above

    grants, measured = partial(_load_grants, database), partial(_load_measured, database)
    if current is None:
        return Bindings.of_grants(grants())
    return read_bindings(current.fields.get("bindings"), grants, measured)


def _load_grants(database: FirestoreDatabase) -> dict[str, Document]:
    """Return person → grant, without those that cannot be read."""
    people = database.listing(Listing(documents.IDENTITIES, ("life",)))
    users = [documents.from_segment(person.id) for person in people]
    paths = {documents.private_path(user): user for user in users}
    stored = database.get(*paths) if paths else {}
    grants = {}
    for path, one in stored.items():
        with suppress(Damaged):
            if grant := read_grant(paths[path], one.fields):
                grants[paths[path]] = grant.document
    return grants


def _load_measured(database: FirestoreDatabase) -> set[str]:
    """Return of whom there are measurements, or were: their log has an entry."""
    people = database.listing(Listing(documents.IDENTITIES, ("life", "head")))
    # A head that is damaged says at least that the person is not new.
    return {documents.from_segment(one.id) for one in people if one.fields.get("head") != 0}
