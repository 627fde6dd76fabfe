"""A whole person, who appears with the last commit.

What names a life that nobody has is invisible (`removal`). So records and log are written first,
and then the two documents by which a person lives, in one commit. Whatever a restore that was
cut short left is swept away by the next one.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.adapters.firestore import buckets, documents
from healthrelay.adapters.firestore.database import settled
from healthrelay.adapters.firestore.documents import Changed, Fields, Write
from healthrelay.adapters.firestore.measurements import spans
from healthrelay.adapters.firestore.removal import sweep
from healthrelay.core.errors import Duplicate

if TYPE_CHECKING:
    from healthrelay.adapters.firestore.database import Database
    from healthrelay.ports.store import PersonDump

BATCH_WRITES = 400
BATCH_BYTES = 2_000_000
"""Far below what a commit takes: the owner's line may be slow."""


class _Life(NamedTuple):
    """All documents of a person who is about to live."""

    user: str
    life: str
    bulk: list[Write]
    last: list[Write]


def restore(database: Database, user: str, person: PersonDump, limit: int) -> None:
    """Make *user* as *person* says. Raises `Duplicate` for a person who exists."""
    life = documents.mark()
    born = _Life(
        user,
        life,
        list(_bulk(user, life, person, limit)),
        [
            Write(documents.person(user), _owner(life, person), new=True),
            Write(documents.private(user), _private(person), new=True),
        ],
    )
    settled(lambda: _attempt(database, born))


def _attempt(database: Database, born: _Life) -> None:
    owner = database.one(documents.person(born.user))
    if owner and owner.fields["life"] == born.life:
        return  # an earlier attempt landed, its answer was lost
    if owner:
        raise Duplicate(f"There is a user {born.user} already.")
    sweep(database, born.user)
    # Before the first entry, where nobody looks. Whoever restores the same person at the same
    # time sweeps it away, and then the last commit lands nothing.
    claim = documents.entry(born.user, 0)
    database.commit(Write(claim, {"life": born.life}, new=True))
    claimed = database.one(claim)
    if claimed is None or claimed.fields["life"] != born.life:
        raise Changed
    for batch in _batches(born.bulk):
        database.commit(*batch)
    database.commit(*born.last, Write(claim, None, since=claimed.updated))


def _bulk(user: str, life: str, person: PersonDump, limit: int) -> Iterator[Write]:
    for name, fields in buckets.filled(person.records, limit).items():
        path = f"{documents.measurements(user)}/{name}"
        yield Write(path, {"life": life, **(fields or {})}, new=True)
    for entry in person.entries:
        fields = {"life": life, "at": entry.at, "entry": _text(entry.to_document())}
        yield Write(documents.entry(user, entry.sequence), fields, new=True)


def _batches(writes: list[Write]) -> Iterator[list[Write]]:
    """Cut *writes* into parts that are not too many and not too large, but never empty."""
    while writes:
        sizes = accumulate(buckets.size(write.fields or {}) for write in writes)
        fit = sum(total <= BATCH_BYTES for total in sizes)
        count = max(1, min(fit, BATCH_WRITES))
        yield writes[:count]
        writes = writes[count:]


def _owner(life: str, person: PersonDump) -> Fields:
    return {
        "life": life,
        "head": person.entries[-1].sequence if person.entries else 0,
        "progress": _text({name: one.to_document() for name, one in person.progress.items()}),
        "covered": spans(person.coverage),
    }


def _private(person: PersonDump) -> Fields:
    fields: dict[str, object] = {
        "settings": dict(person.settings),
        "targets": _text(person.targets),
    }
    if person.poll_key is not None:
        fields["poll_key"] = person.poll_key
    if person.grant is not None:
        fields["token"] = {
            "version": secrets.randbits(62) + 1,
            "document": _text(person.grant),
        }
    return fields


def _text(value: Mapping[str, object]) -> str:
    return json.dumps(value, separators=(",", ":"))
