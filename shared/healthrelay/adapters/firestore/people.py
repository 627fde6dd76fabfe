"""People: their settings, their poll keys, their grants, their rounds of consent."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from healthrelay.adapters.firestore import documents
from healthrelay.adapters.firestore.database import FirestoreDatabase, retry_on_conflict
from healthrelay.adapters.firestore.documents import Fields, Listing, StoredDocument, Write
from healthrelay.adapters.firestore.removal import delete_stale_documents
from healthrelay.core.errors import Conflict, Unknown
from healthrelay.core.json import to_text
from healthrelay.ports.store import Document, Versioned


class FirestoreIdentities:
    """People and settings."""

    def __init__(self, database: FirestoreDatabase) -> None:
        self._database = database

    def names(self) -> list[str]:
        current = self._database.listing(Listing(documents.IDENTITIES, ("life",)))
        return sorted(documents.from_segment(person.id) for person in current)

    def settings(self, user: str) -> dict[str, str] | None:
        current = self._database.get_one(documents.private_path(user))
        return _to_strings(current.fields["settings"]) if current else None

    def save(self, user: str, settings: Mapping[str, str]) -> None:
        retry_on_conflict(lambda: self._save(user, {"settings": dict(settings)}))

    def remove(self, user: str) -> bool:
        known = retry_on_conflict(lambda: self._end_incarnation(user))
        # Also for a stranger: an earlier removal may have been cut short.
        return delete_stale_documents(self._database, user) > 0 or known

    def poll_key(self, user: str) -> str | None:
        current = require_private(self._database, user).fields.get("poll_key")
        return str(current) if current else None

    def save_poll_key(self, user: str, hashed: str) -> None:
        def attempt() -> None:
            current = require_private(self._database, user)
            self._database.commit(Write(current.path, {"poll_key": hashed}, since=current.updated))

        retry_on_conflict(attempt)

    def application(self) -> dict[str, str]:
        current = self._database.get_one(documents.APPLICATION)
        return _to_strings(current.fields["values"]) if current else {}

    def save_application(self, values: Mapping[str, str], before: Mapping[str, str]) -> None:
        # With an id, so that an attempt whose answer was lost is recognised.
        written = {"values": dict(values), "mark": documents.commit_id()}

        def attempt() -> None:
            current = self._database.get_one(documents.APPLICATION)
            if current and current.fields.get("mark") == written["mark"]:
                return
            if (_to_strings(current.fields["values"]) if current else {}) != before:
                raise Conflict("The application's values were changed in the meantime.")
            since = current.updated if current else None
            self._database.commit(
                Write(documents.APPLICATION, written, since=since, new=current is None)
            )

        retry_on_conflict(attempt)

    def _save(self, user: str, fields: Fields) -> None:
        path = documents.private_path(user)
        current = self._database.get_one(path)
        if current:
            self._database.commit(Write(path, fields, since=current.updated))
        else:
            owner = {"life": documents.commit_id(), "head": 0}
            self._database.commit(
                Write(documents.person_path(user), owner, new=True), Write(path, fields, new=True)
            )

    def _end_incarnation(self, user: str) -> bool:
        """Delete the person's documents: then nothing of theirs is visible or can be written."""
        current = self._database.get_one(documents.person_path(user))
        if current:
            self._database.commit(
                Write(current.path, None, since=current.updated),
                Write(documents.private_path(user), None),
            )
        return current is not None


class FirestoreTokens:
    """Sealed grants."""

    def __init__(self, database: FirestoreDatabase) -> None:
        self._database = database

    def load(self, user: str) -> Versioned | None:
        return _read_grant(self._database.get_one(documents.private_path(user)))

    def save(self, user: str, document: Document, expected: int) -> int:
        # Random, so that a document that is created again never looks like the one before it.
        version = secrets.randbits(62) + 1
        token = {"version": version, "document": to_text(document)}

        def attempt() -> int:
            current = require_private(self._database, user)
            grant = _read_grant(current)
            stored = grant.version if grant else 0
            if stored == version:
                return version  # an earlier attempt was stored, its answer was lost
            if stored != expected:
                raise Conflict(f"The grant of {user} was changed in the meantime.")
            self._database.commit(Write(current.path, {"token": token}, since=current.updated))
            return version

        return retry_on_conflict(attempt)

    def forget(self, user: str, expected: int) -> None:
        attempted = False

        def attempt() -> None:
            nonlocal attempted
            current = require_private(self._database, user)
            grant = _read_grant(current)
            if grant is None and attempted:
                return  # an earlier attempt was stored, its answer was lost
            if grant is None or grant.version != expected:
                raise Conflict(f"The grant of {user} was changed in the meantime.")
            attempted = True
            self._database.commit(Write(current.path, {"token": None}, since=current.updated))

        retry_on_conflict(attempt)


class FirestoreTargets:
    """People's own targets."""

    def __init__(self, database: FirestoreDatabase) -> None:
        self._database = database

    def of(self, user: str) -> dict[str, Document]:
        return _read_targets(self._database.get_one(documents.private_path(user)))

    def save(
        self, user: str, name: str, document: Document | None, before: Document | None
    ) -> None:
        attempted = False

        def attempt() -> None:
            nonlocal attempted
            current = require_private(self._database, user)
            targets = _read_targets(current)
            stored = targets.pop(name, None)
            if attempted and stored == document:
                return  # an earlier attempt was stored, its answer was lost
            if stored != before:
                raise Conflict(f"The target {name} of {user} was changed in the meantime.")
            if document is not None:
                targets[name] = document
            fields = {"targets": to_text(targets)}
            attempted = True
            self._database.commit(Write(current.path, fields, since=current.updated))

        retry_on_conflict(attempt)


class FirestoreHandshakes:
    """Used rounds of consent."""

    def __init__(self, database: FirestoreDatabase) -> None:
        self._database = database

    def use(self, nonce: str, until: datetime, now: datetime) -> bool:
        path = documents.handshake_path(nonce)
        fields = {"expires": until, "mark": documents.commit_id()}

        def attempt() -> bool:
            current = self._database.get_one(path)
            if current is None:
                self._database.commit(Write(path, fields, new=True))
            elif current.fields["mark"] != fields["mark"]:
                if current.fields["expires"] >= now:
                    return False
                self._database.commit(Write(path, fields, since=current.updated))
            return True

        return retry_on_conflict(attempt)


def require_private(database: FirestoreDatabase, user: str) -> StoredDocument:
    """Return the person's private document; writers require that it is unchanged.

    Raise `Unknown` for a stranger.
    """
    current = database.get_one(documents.private_path(user))
    if current is None:
        raise Unknown(f"There is no user {user}.")
    return current


def _read_grant(current: StoredDocument | None) -> Versioned | None:
    token = current.fields.get("token") if current else None
    return Versioned(json.loads(token["document"]), token["version"]) if token else None


def _read_targets(current: StoredDocument | None) -> dict[str, Document]:
    return dict(json.loads(current.fields.get("targets") or "{}")) if current else {}


def _to_strings(fields: Fields) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items()}
