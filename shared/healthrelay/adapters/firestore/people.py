"""People: their settings, their poll keys, their grants, their rounds of consent."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.adapters.firestore import documents
from healthrelay.adapters.firestore.accounts import keep_bindings, release_accounts, write_bindings
from healthrelay.adapters.firestore.card import CARD, SUMMARY, PrivatePort, card_text
from healthrelay.adapters.firestore.database import FirestorePort, retry_on_conflict
from healthrelay.adapters.firestore.documents import Fields, Listing, StoredDocument, Write
from healthrelay.adapters.firestore.reading import (
    grant_version,
    place,
    read_grant,
    read_invitations,
    read_poll_key,
    read_settings,
    read_targets,
)
from healthrelay.adapters.firestore.removal import delete_stale_documents
from healthrelay.core.damage import read_stored
from healthrelay.core.errors import Conflict, Unknown
from healthrelay.core.json import Document, Versioned, to_strings, to_text

if TYPE_CHECKING:
    from healthrelay.core.grants.invitations import Admission, Invitations
    from healthrelay.ports.store import Bind


class FirestoreIdentities(PrivatePort):
    """People and settings."""

    def names(self) -> list[str]:
        current = self._database.listing(Listing(documents.IDENTITIES, ("life",)))
        return sorted(documents.from_segment(person.id) for person in current)

    def settings(self, user: str) -> dict[str, str] | None:
        current = self._database.get_one(documents.private_path(user))
        return read_settings(user, current.fields) if current else None

    def save(self, user: str, settings: Mapping[str, str]) -> None:
        fields = {"settings": dict(settings)}

        def attempt() -> None:
            try:
                self._update_private(user, lambda *_: fields)
            except Unknown:
                self._create(user, fields)

        retry_on_conflict(attempt)

    def remove(self, user: str) -> bool:
        known = retry_on_conflict(lambda: self._end_incarnation(user))
        # Also for a stranger: an earlier removal may have been cut short.
        return delete_stale_documents(self._database, user) > 0 or known

    def poll_key(self, user: str) -> str | None:
        return read_poll_key(user, self._require(documents.private_path(user), user).fields)

    def save_poll_key(self, user: str, hashed: str) -> None:
        self._update(documents.private_path(user), user, lambda *_: {"poll_key": hashed})

    def invitations(self, user: str) -> Invitations:
        return read_invitations(user, self._require(documents.private_path(user), user).fields)

    def renew_invitations(self, user: str, before: str) -> Invitations:
        renewed = read_invitations(user, {}).create()

        def change(fields: Fields, _: bool) -> Fields | None:
            stored = read_invitations(user, fields)
            return invitations_fields(renewed) if stored.person == before else None

        current = self._update_private(user, change)
        stored = read_invitations(user, current.fields)
        return renewed if stored.person == before else stored

    def change_invitations(
        self, user: str, change: Callable[[Invitations], Invitations]
    ) -> Invitations:
        made: list[Invitations] = []

        def store(fields: Fields, _: bool) -> Fields | None:
            stored = read_invitations(user, fields)
            if made and stored == made[-1]:
                return None  # by an earlier attempt
            made.append(change(stored))
            return invitations_fields(made[-1])

        self._update_private(user, store)
        return made[-1]

    def application(self) -> dict[str, str]:
        current = self._database.get_one(documents.APPLICATION)
        return _read_values(current)

    def save_application(self, values: Mapping[str, str], before: Mapping[str, str]) -> None:
        # With an id, so that an attempt whose answer was lost is recognised.
        written = {"values": dict(values), "mark": documents.commit_id()}

        def attempt() -> None:
            current = self._database.get_one(documents.APPLICATION)
            if current and current.fields.get("mark") == written["mark"]:
                return
            if _read_values(current) != before:
                raise Conflict("The application's values were changed in the meantime.")
            since = current.updated if current else None
            self._database.commit(
                Write(documents.APPLICATION, written, since=since, new=current is None)
            )

        retry_on_conflict(attempt)

    def _create(self, user: str, fields: Fields) -> None:
        private = {**fields, **invitations_fields(read_invitations(user, {}).create())}
        shown = {CARD: card_text(user, private), SUMMARY: "{}"}
        owner = {"life": documents.commit_id(), "head": 0, **shown}
        self._database.commit(
            Write(documents.person_path(user), owner, new=True),
            Write(documents.private_path(user), private, new=True),
        )

    def _end_incarnation(self, user: str) -> bool:
        """Delete the person's documents: then nothing of theirs is visible or can be written."""
        current = self._database.get_one(documents.person_path(user))
        if current:
            self._database.commit(
                Write(current.path, None, since=current.updated),
                Write(documents.private_path(user), None),
                *release_accounts(self._database, user),
            )
        return current is not None


class FirestoreTokens(PrivatePort):
    """Sealed grants."""

    def load(self, user: str) -> Versioned | None:
        current = self._database.get_one(documents.private_path(user))
        return read_grant(user, current.fields) if current else None

    def save(
        self,
        user: str,
        document: Document,
        expected: int,
        admission: Admission | None = None,
        bind: Bind | None = None,
    ) -> int:
        # Random, so that a document that is created again never looks like the one before it.
        version = secrets.randbits(62) + 1
        token = {"version": version, "document": to_text(document)}

        def change(fields: Fields, _: bool) -> Fields | None:
            stored = grant_version(fields)
            if stored == version:
                return None  # by an earlier attempt
            if stored != expected:
                raise Conflict(f"The grant of {user} was changed in the meantime.")
            if admission is None:
                return {"token": token}
            spent = read_invitations(user, fields).spend(admission)
            return {"token": token, **invitations_fields(spent)}

        def beside() -> list[Write]:
            return [write_bindings(self._database, bind)] if bind else []

        self._update_private(user, change, beside)
        return version

    def forget(self, user: str, expected: int) -> None:
        def change(fields: Fields, again: bool) -> Fields | None:
            if fields.get("token") is None and again:
                return None
            if fields.get("token") is None or grant_version(fields) != expected:
                raise Conflict(f"The grant of {user} was changed in the meantime.")
            return {"token": None}

        self._update_private(user, change, lambda: keep_bindings(self._database))


class FirestoreTargets(FirestorePort):
    """People's own targets."""

    def of(self, user: str) -> dict[str, Document]:
        current = self._database.get_one(documents.private_path(user))
        return read_targets(user, current.fields) if current else {}

    def save(
        self, user: str, name: str, document: Document | None, before: Document | None
    ) -> None:
        def change(fields: Fields, again: bool) -> Fields | None:
            targets = read_targets(user, fields)
            stored = targets.pop(name, None)
            if again and stored == document:
                return None
            if stored != before:
                raise Conflict(f"The target {name} of {user} was changed in the meantime.")
            if document is not None:
                targets[name] = document
            return {"targets": to_text(targets)}

        self._update(documents.private_path(user), user, change)


class FirestoreHandshakes(FirestorePort):
    """Used rounds of consent."""

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


def invitations_fields(invitations: Invitations) -> Fields:
    """Return the field of the person's document that holds their *invitations*."""
    return {"invitations": to_text(invitations.to_document())}


def _read_values(current: StoredDocument | None) -> dict[str, str]:
    where = place("application", documents.APPLICATION, "values")
    fields = current.fields if current else {"values": {}}
    return read_stored("", where, lambda: to_strings(fields["values"]))
