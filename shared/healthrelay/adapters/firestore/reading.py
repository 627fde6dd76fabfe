"""A person's fields as what they are; one that cannot be read is damaged and says which.

Fields that hold an object hold it as text, beside others that Firestore itself has a type for.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from healthrelay.adapters.firestore import documents
from healthrelay.core.damage import GRANT, POLL_KEY, Damaged, read_stored
from healthrelay.core.json import Versioned, require, to_object, to_strings

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthrelay.adapters.firestore.documents import Fields, StoredDocument
    from healthrelay.core.delivery.entries import Entry
    from healthrelay.core.delivery.progress import Progress
    from healthrelay.core.grants.invitations import Invitations
    from healthrelay.core.json import Document
    from healthrelay.core.measurements.ledger import Ledger

    T = TypeVar("T")


def place(kind: str, path: str, field: str = "") -> str:
    """Return how an error names the *field* of the document at *path*."""
    return f"{kind}, {path} {field}".rstrip()


def check_owner(owner: StoredDocument, user: str) -> StoredDocument:
    """Return the person's document if it says which incarnation it is, and where the log ends."""

    def check(fields: Fields) -> None:
        require(fields["life"], str)
        require(fields["head"], int)

    read_stored(user, place("person", owner.path), check, owner.fields)
    return owner


def read_settings(user: str, fields: Fields) -> dict[str, str]:
    return _read_private(user, "settings", "settings", lambda: to_strings(fields["settings"]))


def read_poll_key(user: str, fields: Fields) -> str | None:
    stored = fields.get("poll_key")
    read = _read_private(user, POLL_KEY, "poll_key", lambda: require(stored, str, type(None)))
    return str(read) if read else None


def grant_version(fields: Fields) -> int:
    """Return the version of the grant, readable or not; 0 where there is none."""
    token = fields.get("token")
    version = token.get("version") if isinstance(token, dict) else None
    return version if isinstance(version, int) else 0


def read_grant(user: str, fields: Fields) -> Versioned | None:
    from healthrelay.core.grants import grant_document  # noqa: PLC0415 - a poll has none

    token, version = fields.get("token"), grant_version(fields)
    if token is None:
        return None

    def read() -> Document:
        return grant_document.read_grant(to_object(token["document"]))

    try:
        return Versioned(_read_private(user, GRANT, "token", read), version)
    except Damaged as error:
        error.version = version
        raise


def read_targets(user: str, fields: Fields) -> dict[str, Document]:
    from healthrelay.core.delivery import target_document  # noqa: PLC0415 - nor these

    def read() -> dict[str, Document]:
        return target_document.read_targets(_to_object(fields.get("targets")) or {})

    return _read_private(user, "targets", "targets", read)


def read_invitations(user: str, fields: Fields) -> Invitations:
    from healthrelay.core.grants.invitations import Invitations  # noqa: PLC0415 - a fetch needs none

    def read() -> Invitations:
        document = _to_object(fields.get("invitations"))
        return Invitations() if document is None else Invitations.from_document(document)

    return _read_private(user, "invitations", "invitations", read)


def read_ledger(user: str, owner: Fields) -> Ledger:
    """Return the ledger in the person's document *owner*."""
    from healthrelay.core.measurements import ledger_document  # noqa: PLC0415 - a poll needs none

    def read() -> Ledger:
        return ledger_document.from_stored(*(_to_object(owner.get(name)) for name in _LEDGER))

    return _read_person(user, "ledger", "ledger", read)


def read_progress(user: str, owner: Fields) -> dict[str, Progress]:
    """Return how far each target of *user* is."""
    from healthrelay.core.delivery.progress import Progress  # noqa: PLC0415 - a consent needs none

    def read() -> dict[str, Progress]:
        stored = _to_object(owner.get("progress")) or {}
        return {name: Progress.from_document(one) for name, one in sorted(stored.items())}

    return _read_person(user, "progress of targets", "progress", read)


def read_system(user: str, owner: Fields) -> str:
    stored = owner.get("system", "")
    return str(_read_person(user, "units of targets", "system", lambda: require(stored, str)))


def read_entry(stored: StoredDocument) -> Entry:
    from healthrelay.core.delivery.entries import Entry  # noqa: PLC0415 - a poll needs none

    at = datetime.fromisoformat(stored.fields["at"].isoformat())
    return Entry.from_document(int(stored.id), at, to_object(stored.fields["entry"]))


_LEDGER = ("ledger", "covered")


def _to_object(text: str | None) -> dict[str, Any] | None:
    """Return the object in a field; None where an earlier version wrote none."""
    return None if text is None else to_object(text)


def _read_private(user: str, kind: str, field: str, read: Callable[[], T]) -> T:
    return read_stored(user, place(kind, documents.private_path(user), field), read)


def _read_person(user: str, kind: str, field: str, read: Callable[[], T]) -> T:
    return read_stored(user, place(kind, documents.person_path(user), field), read)
