"""Whose account each is: one document of the household, committed with what depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.adapters.firestore import documents
from healthrelay.adapters.firestore.database import (
    FirestoreDatabase,
    FirestorePort,
    retry_on_conflict,
)
from healthrelay.adapters.firestore.documents import Listing, StoredDocument, Write
from healthrelay.adapters.firestore.reading import place, read_grant
from healthrelay.core.damage import read_stored
from healthrelay.core.json import to_object, to_text

if TYPE_CHECKING:
    from healthrelay.core.grants.bindings import Bindings
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

    if current:
        return read_stored(
            "",
            place("accounts", documents.ACCOUNTS, "bindings"),
            lambda fields: Bindings.from_document(to_object(fields["bindings"])),
            current.fields,
        )
    people = database.listing(Listing(documents.IDENTITIES, ("life",)))
    users = [documents.from_segment(person.id) for person in people]
    paths = {documents.private_path(user): user for user in users}
    stored = database.get(*paths) if paths else {}
    grants = {paths[path]: read_grant(paths[path], one.fields) for path, one in stored.items()}
    return Bindings.of_grants({user: one.document for user, one in grants.items() if one})
