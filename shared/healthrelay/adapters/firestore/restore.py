"""A whole person, who appears with the last commit.

What names an incarnation that nobody has is invisible (`removal`). So records and log are written
first, and then the two documents by which a person exists, in one commit. What a restore that was
cut short left is deleted by the next one.
"""

import secrets
from collections.abc import Iterator
from itertools import accumulate

from healthrelay.adapters.firestore import buckets, documents, people
from healthrelay.adapters.firestore.accounts import write_bindings
from healthrelay.adapters.firestore.card import CARD, SUMMARY, card_text, summary_text
from healthrelay.adapters.firestore.database import FirestoreDatabase, retry_on_conflict
from healthrelay.adapters.firestore.documents import CommitConflict, Fields, Write
from healthrelay.adapters.firestore.log import progress_text
from healthrelay.adapters.firestore.removal import delete_stale_documents
from healthrelay.core.errors import Duplicate
from healthrelay.core.grants.bindings import accounts_in
from healthrelay.core.json import to_text
from healthrelay.core.measurements.ledger_document import to_document
from healthrelay.core.measurements.summary import summarize
from healthrelay.ports.store import PersonDump

BATCH_WRITES = 400
BATCH_BYTES = 2_000_000
"""Far below what a commit takes: the owner's line may be slow."""


def restore(database: FirestoreDatabase, user: str, person: PersonDump, limit: int) -> None:
    """Make *user* as *person* says. Raise `Duplicate` for a person who exists."""
    accounts = accounts_in(person.grant) if person.accounts is None else person.accounts
    incarnation = documents.commit_id()
    bulk = list(_bulk(user, incarnation, person, limit))
    private = _private(person)
    shown = {CARD: card_text(user, private), SUMMARY: summary_text(summarize(person.records))}
    last = (
        Write(documents.person_path(user), {**_owner(incarnation, person), **shown}, new=True),
        Write(documents.private_path(user), private, new=True),
    )
    # Before the first entry, where nobody looks. Whoever restores the same person at the same
    # time deletes it, and then the last commit writes nothing.
    claim = documents.entry_path(user, 0)

    def attempt() -> None:
        owner = database.get_one(documents.person_path(user))
        if owner and owner.fields.get("life") == incarnation:
            return  # an earlier attempt was stored, its answer was lost
        if owner:
            raise Duplicate(f"There is a user {user} already.")
        delete_stale_documents(database, user)
        database.commit(Write(claim, {"life": incarnation}, new=True))
        claimed = database.get_one(claim)
        if claimed is None or claimed.fields["life"] != incarnation:
            raise CommitConflict
        for batch in _batches(bulk):
            database.commit(*batch)
        bound = write_bindings(database, lambda bindings: bindings.replace(user, accounts))
        database.commit(*last, bound, Write(claim, None, since=claimed.updated))

    retry_on_conflict(attempt)


def _bulk(user: str, incarnation: str, person: PersonDump, limit: int) -> Iterator[Write]:
    for name, fields in buckets.person_documents(person.records, limit).items():
        path = f"{documents.buckets_path(user)}/{name}"
        yield Write(path, {"life": incarnation, **(fields or {})}, new=True)
    for entry in person.entries:
        fields = {"life": incarnation, "at": entry.at, "entry": to_text(entry.to_document())}
        yield Write(documents.entry_path(user, entry.sequence), fields, new=True)


def _batches(writes: list[Write]) -> Iterator[list[Write]]:
    """Cut *writes* into parts that are not too many and not too large, but never empty."""
    while writes:
        sizes = accumulate(buckets.text_bytes(write.fields or {}) for write in writes)
        fit = sum(total <= BATCH_BYTES for total in sizes)
        count = max(1, min(fit, BATCH_WRITES))
        yield writes[:count]
        writes = writes[count:]


def _owner(incarnation: str, person: PersonDump) -> Fields:
    return {
        "life": incarnation,
        "head": person.entries[-1].sequence if person.entries else 0,
        "progress": progress_text(person.progress),
        "system": person.system,
        "ledger": to_text(to_document(person.ledger)),
    }


def _private(person: PersonDump) -> Fields:
    fields: dict[str, object] = {
        "settings": dict(person.settings),
        "targets": to_text(person.targets),
        "poll_key": person.poll_key,
    }
    if person.invitations is not None:
        fields |= people.invitations_fields(person.invitations)
    if person.grant is not None:
        fields["token"] = {"version": secrets.randbits(62) + 1, "document": to_text(person.grant)}
    return fields
