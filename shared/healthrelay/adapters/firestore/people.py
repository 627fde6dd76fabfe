"""People: their settings, their poll keys, their grants, their rounds of consent."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from healthrelay.adapters.firestore import documents
from healthrelay.adapters.firestore.database import Database, settled
from healthrelay.adapters.firestore.documents import Fields, Found, Listing, Write
from healthrelay.adapters.firestore.removal import sweep
from healthrelay.core.errors import Conflict, Unknown
from healthrelay.ports.store import Document, Versioned


class FirestoreIdentities:
    """People and settings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> list[str]:
        found = self._database.listing(Listing(documents.IDENTITIES, ("life",)))
        return sorted(documents.named(person.id) for person in found)

    def settings(self, user: str) -> dict[str, str] | None:
        found = self._database.one(documents.private(user))
        return _texts(found.fields["settings"]) if found else None

    def save(self, user: str, settings: Mapping[str, str]) -> None:
        settled(lambda: self._save(user, {"settings": dict(settings)}))

    def remove(self, user: str) -> bool:
        known = settled(lambda: self._forget(user))
        # Also of a stranger: the one before may have been cut short.
        return sweep(self._database, user) > 0 or known

    def poll_key(self, user: str) -> str | None:
        found = required(self._database, user).fields.get("poll_key")
        return str(found) if found else None

    def save_poll_key(self, user: str, hashed: str) -> None:
        def attempt() -> None:
            found = required(self._database, user)
            self._database.commit(Write(found.path, {"poll_key": hashed}, since=found.updated))

        settled(attempt)

    def application(self) -> dict[str, str]:
        found = self._database.one(documents.APPLICATION)
        return _texts(found.fields["values"]) if found else {}

    def save_application(self, values: Mapping[str, str], before: Mapping[str, str]) -> None:
        # With a mark, so that an attempt whose answer was lost is known again.
        written = {"values": dict(values), "mark": documents.mark()}

        def attempt() -> None:
            found = self._database.one(documents.APPLICATION)
            if found and found.fields.get("mark") == written["mark"]:
                return
            if (_texts(found.fields["values"]) if found else {}) != before:
                raise Conflict("The application's values were changed meanwhile.")
            since = found.updated if found else None
            self._database.commit(
                Write(documents.APPLICATION, written, since=since, new=found is None)
            )

        settled(attempt)

    def _save(self, user: str, fields: Fields) -> None:
        path = documents.private(user)
        found = self._database.one(path)
        if found:
            self._database.commit(Write(path, fields, since=found.updated))
        else:
            born = {"life": documents.mark(), "head": 0}
            self._database.commit(
                Write(documents.person(user), born, new=True), Write(path, fields, new=True)
            )

    def _forget(self, user: str) -> bool:
        """End the person's life: from here on nothing of theirs is seen or can be written."""
        found = self._database.one(documents.person(user))
        if found:
            self._database.commit(
                Write(found.path, None, since=found.updated), Write(documents.private(user), None)
            )
        return found is not None


class FirestoreTokens:
    """Sealed grants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, user: str) -> Versioned | None:
        return _grant(self._database.one(documents.private(user)))

    def save(self, user: str, document: Document, expected: int) -> int:
        # Random, so that a document made anew never looks like the one before it.
        version = secrets.randbits(62) + 1
        token = {"version": version, "document": json.dumps(document, separators=(",", ":"))}

        def attempt() -> int:
            found = required(self._database, user)
            grant = _grant(found)
            stored = grant.version if grant else 0
            if stored == version:
                return version  # an earlier attempt landed, its answer was lost
            if stored != expected:
                raise Conflict(f"The grant of {user} was changed meanwhile.")
            self._database.commit(Write(found.path, {"token": token}, since=found.updated))
            return version

        return settled(attempt)

    def forget(self, user: str, expected: int) -> None:
        landed = False

        def attempt() -> None:
            nonlocal landed
            found = required(self._database, user)
            grant = _grant(found)
            if grant is None and landed:
                return  # an earlier attempt landed, its answer was lost
            if grant is None or grant.version != expected:
                raise Conflict(f"The grant of {user} was changed meanwhile.")
            landed = True
            self._database.commit(Write(found.path, {"token": None}, since=found.updated))

        settled(attempt)


class FirestoreTargets:
    """People's own targets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, user: str) -> dict[str, Document]:
        return _targets(self._database.one(documents.private(user)))

    def save(
        self, user: str, name: str, document: Document | None, before: Document | None
    ) -> None:
        begun = False

        def attempt() -> None:
            nonlocal begun
            found = required(self._database, user)
            kept = _targets(found)
            stored = kept.pop(name, None)
            if begun and stored == document:
                return  # an earlier attempt landed, its answer was lost
            if stored != before:
                raise Conflict(f"The target {name} of {user} was changed meanwhile.")
            if document is not None:
                kept[name] = document
            fields = {"targets": json.dumps(kept, separators=(",", ":"))}
            begun = True
            self._database.commit(Write(found.path, fields, since=found.updated))

        settled(attempt)


class FirestoreHandshakes:
    """Used rounds of consent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def use(self, nonce: str, until: datetime, now: datetime) -> bool:
        path, mine = documents.handshake(nonce), {"expires": until, "mark": documents.mark()}

        def attempt() -> bool:
            found = self._database.one(path)
            if found is None:
                self._database.commit(Write(path, mine, new=True))
            elif found.fields["mark"] != mine["mark"]:
                if found.fields["expires"] >= now:
                    return False
                self._database.commit(Write(path, mine, since=found.updated))
            return True

        return settled(attempt)


def required(database: Database, user: str) -> Found:
    """The person's private document: whoever writes it, writes on condition that it is there."""
    found = database.one(documents.private(user))
    if found is None:
        raise Unknown(f"There is no user {user}.")
    return found


def _grant(found: Found | None) -> Versioned | None:
    token = found.fields.get("token") if found else None
    return Versioned(json.loads(token["document"]), token["version"]) if token else None


def _targets(found: Found | None) -> dict[str, Document]:
    return dict(json.loads(found.fields.get("targets") or "{}")) if found else {}


def _texts(fields: Fields) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items()}
