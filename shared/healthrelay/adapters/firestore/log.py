"""The log of what changed, and who has been told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from healthrelay.adapters.firestore import documents
from healthrelay.adapters.firestore.buckets import MAX_COMMIT, size
from healthrelay.adapters.firestore.database import Database, settled
from healthrelay.adapters.firestore.documents import Fields, Found, Listing, Write, living
from healthrelay.core.delivery.entries import Entry
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import Unknown
from healthrelay.ports.delivery import Following

BATCH = 400
_FIELDS = ("head", "progress")


class FirestoreLog:
    """Entries, and how far each target has followed them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def head(self, user: str) -> int:
        return documents.head(self._database.one(documents.person(user)))

    def after(self, user: str, sequence: int, limit: int) -> list[Entry]:
        owner = self._database.one(documents.person(user))
        if owner is None or documents.head(owner) <= sequence:
            return []
        behind = documents.entry(user, sequence).rpartition("/")[2]
        wanted = Listing(documents.log(user), after=behind, limit=limit)
        found = living(self._database.listing(wanted), str(owner.fields["life"]))
        return [_understood(entry) for entry in found]

    def prune(self, user: str, before: datetime) -> int:
        owner = self._database.one(documents.person(user))
        if owner is None:
            return 0
        newest, gone, limit = documents.head(owner), 0, 1
        while True:
            # One first: most often the oldest is young enough, and then that is all it costs.
            page = self._database.listing(Listing(documents.log(user), ("at",), limit=limit))
            old = [e for e in page if e.fields["at"] < before and int(e.id) < newest]
            if old:
                self._database.commit(*(Write(entry.path, None) for entry in old))
            gone += len(old)
            if len(old) < len(page) or not page:
                return gone
            limit = BATCH

    def restore(self, user: str, entries: Sequence[Entry]) -> None:
        while settled(lambda: self._restore(user, entries)):
            pass

    def _restore(self, user: str, entries: Sequence[Entry]) -> bool:
        """Take over as many as one commit may hold; False when there was nothing left to do."""
        owner = self._database.one(documents.person(user))
        if owner is None:
            raise Unknown(f"There is no user {user}.")
        head = documents.head(owner)
        new = [entry for entry in entries if entry.sequence > head]
        if not new:
            return False
        if new[0].sequence > head + 1:
            self._forget(user)
        writes = _fitting([_write(user, entry, str(owner.fields["life"])) for entry in new])
        moved = {"head": new[len(writes) - 1].sequence, "mark": documents.mark()}
        self._database.commit(Write(owner.path, moved, since=owner.updated), *writes)
        return True

    def _forget(self, user: str) -> None:
        """All entries. The head stays, so that whoever asks for them hears that they are gone."""
        while page := self._database.listing(Listing(documents.log(user), ("at",), limit=BATCH)):
            self._database.commit(*(Write(entry.path, None) for entry in page))

    def following(self, user: str) -> Following:
        owner = self._database.one(documents.person(user))
        return _following(owner.fields) if owner else Following()

    def followings(self) -> dict[str, Following]:
        found = self._database.listing(Listing(documents.IDENTITIES, _FIELDS))
        told = {documents.named(person.id): _following(person.fields) for person in found}
        return dict(sorted(told.items()))

    def save(
        self, user: str, target: str, progress: Progress | None, *, still: bool = False
    ) -> None:
        settled(lambda: self._save(user, target, progress, still))

    def _save(self, user: str, target: str, progress: Progress | None, still: bool) -> None:
        owner = self._database.one(documents.person(user))
        if owner is None:
            raise Unknown(f"There is no user {user}.")
        before = _said(owner.fields)
        after = {name: said for name, said in before.items() if name != target}
        if progress is not None:
            if still and target not in before:
                return
            known = before.get(target)
            if known and Progress.from_document(known).sequence > progress.sequence:
                return
            after[target] = progress.to_document()
        if after != before:
            fields = {"progress": json.dumps(after, separators=(",", ":"))}
            self._database.commit(Write(owner.path, fields, since=owner.updated))


def _write(user: str, entry: Entry, life: str) -> Write:
    said = json.dumps(entry.to_document(), separators=(",", ":"))
    fields = {"life": life, "at": entry.at, "entry": said}
    return Write(documents.entry(user, entry.sequence), fields)


def _fitting(writes: list[Write]) -> list[Write]:
    """The first of *writes*, as many as one commit may hold, and at least one."""
    sizes = accumulate(size(write.fields or {}) for write in writes)
    fit = sum(total <= MAX_COMMIT for total in sizes)
    return writes[: max(1, min(fit, BATCH))]


def _said(fields: Fields) -> dict[str, Any]:
    return dict(json.loads(fields.get("progress") or "{}"))


def _following(fields: Fields) -> Following:
    targets = {
        target: Progress.from_document(said) for target, said in sorted(_said(fields).items())
    }
    return Following(int(fields["head"]), targets)


def _understood(entry: Found) -> Entry:
    at = entry.fields["at"]
    return Entry.from_document(
        int(entry.id), datetime.fromisoformat(at.isoformat()), json.loads(entry.fields["entry"])
    )
