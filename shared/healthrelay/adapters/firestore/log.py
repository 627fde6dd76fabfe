"""The log of what changed, and how far each target has followed it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from healthrelay.adapters.firestore import documents
from healthrelay.adapters.firestore.database import FirestorePort, retry_on_conflict
from healthrelay.adapters.firestore.documents import (
    Fields,
    Listing,
    StoredDocument,
    Write,
    of_incarnation,
)
from healthrelay.adapters.firestore.reading import (
    check_owner,
    place,
    read_entry,
    read_progress,
    read_system,
)
from healthrelay.core.damage import Damaged, read_each, read_stored
from healthrelay.core.delivery.entries import Entry
from healthrelay.core.delivery.following import Following
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.json import to_text

BATCH = 400
_FIELDS = ("life", "head", "progress", "system")


class FirestoreLog(FirestorePort):
    """Entries, and how far each target has followed them."""

    def head(self, user: str) -> int:
        return documents.log_head(self._owner(user))

    def after(self, user: str, sequence: int, limit: int) -> list[Entry]:
        owner = self._owner(user)
        if owner is None or documents.log_head(owner) <= sequence:
            return []
        behind = documents.entry_path(user, sequence).rpartition("/")[2]
        listing = Listing(documents.log_path(user), after=behind, limit=limit)
        stored = of_incarnation(self._database.listing(listing), str(owner.fields["life"]))
        return read_each(user, lambda entry: place("log entry", entry.path), read_entry, stored)

    def prune(self, user: str, before: datetime) -> int:
        owner = self._owner(user)
        if owner is None:
            return 0
        newest, count, limit = documents.log_head(owner), 0, 1
        while True:
            # One first: mostly the oldest is young enough, and then that is all it costs.
            page = self._database.listing(Listing(documents.log_path(user), ("at",), limit=limit))
            old = [e for e in page if _is_before(e, before, user) and int(e.id) < newest]
            if old:
                self._database.commit(*(Write(entry.path, None) for entry in old))
            count += len(old)
            if len(old) < len(page) or not page:
                return count
            limit = BATCH

    def following(self, user: str) -> Following:
        owner = self._owner(user)
        return read_following(user, owner) if owner else Following()

    def followings(self) -> dict[str, Following | Damaged]:
        stored = self._database.listing(Listing(documents.IDENTITIES, _FIELDS))
        owners = {documents.from_segment(person.id): person for person in stored}
        followings: dict[str, Following | Damaged] = {}
        for user, owner in sorted(owners.items()):
            try:
                followings[user] = read_following(user, check_owner(owner, user))
            except Damaged as error:
                followings[user] = error
        return followings

    def save(
        self, user: str, target: str, progress: Progress | None, *, still: bool = False
    ) -> None:
        def change(fields: Fields, _: bool) -> Fields | None:
            before = read_progress(user, fields)
            after = {name: value for name, value in before.items() if name != target}
            if progress is not None:
                if still and target not in before:
                    return None
                current = before.get(target)
                if current and current.sequence > progress.sequence:
                    return None
                after[target] = progress
            return {"progress": progress_text(after)} if after != before else None

        self._update(documents.person_path(user), user, change)

    def retell(self, user: str, system: str, whole: Collection[str], now: datetime) -> None:
        entry = to_text({"whole": sorted(whole)})

        def attempt() -> None:
            owner = self._require_owner(user)
            if owner.fields.get("system", "") == system:
                return
            fields: dict[str, Any] = {"system": system}
            writes = []
            if whole:
                fields["head"] = documents.log_head(owner) + 1
                told = {"life": owner.fields["life"], "at": now, "entry": entry}
                writes.append(Write(documents.entry_path(user, fields["head"]), told))
            self._database.commit(Write(owner.path, fields, since=owner.updated), *writes)

        retry_on_conflict(attempt)


def progress_text(progress: Mapping[str, Progress]) -> str:
    return to_text({name: one.to_document() for name, one in progress.items()})


def read_following(user: str, owner: StoredDocument) -> Following:
    """Return what the person's document says of the log and its targets."""
    targets, system = read_progress(user, owner.fields), read_system(user, owner.fields)
    return Following(documents.log_head(owner), targets, system)


def _is_before(entry: StoredDocument, before: datetime, user: str) -> bool:
    where = place("log entry", entry.path)
    return read_stored(user, where, lambda fields: bool(fields["at"] < before), entry.fields)
