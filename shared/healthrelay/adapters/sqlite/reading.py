"""A person's documents as what they are; one that cannot be read is damaged and says which.

Rows are fetched before they are read: an error would hold a statement that is not at its end, and
with it a state of the store that grows old.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from healthrelay.adapters.sqlite.database import (
    APPLICATION,
    identity_path,
    invitations_path,
    load_document,
    place,
    stored_version,
)
from healthrelay.core.damage import GRANT, POLL_KEY, Damaged, read_each, read_stored
from healthrelay.core.json import Versioned, instant, require, to_object, to_strings

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from healthrelay.core.delivery.entries import Entry
    from healthrelay.core.delivery.progress import Progress
    from healthrelay.core.grants.invitations import Invitations
    from healthrelay.core.json import Document
    from healthrelay.core.measurements.records import Record, StoredRow

    T = TypeVar("T")


UNITS = "units of targets"


def load_settings(connection: sqlite3.Connection, user: str) -> dict[str, str] | None:
    return _load(connection, user, "settings", identity_path(user), to_strings)


def load_application(connection: sqlite3.Connection) -> dict[str, str] | None:
    return _load(connection, "", "application", APPLICATION, to_strings)


def load_poll_key(connection: sqlite3.Connection, user: str) -> str | None:
    return _load(connection, user, POLL_KEY, f"{identity_path(user)}/poll-key", _hash_in)


def load_grant(connection: sqlite3.Connection, user: str) -> Versioned | None:
    from healthrelay.core.grants.grant_document import read_grant  # noqa: PLC0415 - a poll has none

    path = f"{identity_path(user)}/token"
    version = stored_version(connection, path)
    try:
        document = _load(connection, user, GRANT, path, read_grant)
    except Damaged as error:
        error.version = version
        raise
    return None if document is None else Versioned(document, version)


def load_targets(connection: sqlite3.Connection, user: str) -> dict[str, Document]:
    from healthrelay.core.delivery.target_document import read_targets  # noqa: PLC0415 - nor these

    return _load(connection, user, "targets", f"{identity_path(user)}/targets", read_targets) or {}


def load_invitations(connection: sqlite3.Connection, user: str) -> Invitations:
    from healthrelay.core.grants.invitations import Invitations  # noqa: PLC0415 - a fetch needs none

    path, read = invitations_path(user), Invitations.from_document
    return _load(connection, user, "invitations", path, read) or Invitations()


def _load(
    connection: sqlite3.Connection, user: str, kind: str, path: str, read: Callable[[Any], T]
) -> T | None:
    stored = load_document(connection, path, user, kind)
    return None if stored is None else read_stored(user, place(kind, path), read, stored.document)


def _hash_in(document: Document) -> str:
    return str(require(document["sha256"], str))


def read_records(user: str, rows: Sequence[StoredRow]) -> list[Record]:
    """Return the records in *rows*: series, key, local time, data and origin of each."""
    from healthrelay.core.measurements.records import stored_records  # noqa: PLC0415 - a consent: none

    return stored_records(user, f"record, records {user}", rows)


def read_entries(user: str, rows: Sequence[tuple[int, str, str]]) -> list[Entry]:
    """Return the entries of the log in *rows*: number, instant and content of each."""
    from healthrelay.core.delivery.entries import Entry  # noqa: PLC0415 - a poll needs none

    def read(row: tuple[int, str, str]) -> Entry:
        return Entry.from_document(row[0], instant(row[1]), to_object(row[2]))

    return read_each(user, lambda row: _entry_place(user, row[0]), read, rows)


def check_instants(user: str, rows: Sequence[tuple[int, str]]) -> None:
    """Raise `Damaged` unless each of *rows*, number and instant of an entry, has an instant."""
    read_each(user, lambda row: _entry_place(user, row[0]), lambda row: instant(row[1]), rows)


def _entry_place(user: str, sequence: int) -> str:
    return f"log entry, log {user} {sequence}"


def read_progress(user: str, target: str, data: str) -> Progress:
    from healthrelay.core.delivery.progress import Progress  # noqa: PLC0415 - a consent needs none

    where = f"progress of a target, progress {user} {target}"
    return read_stored(user, where, lambda text: Progress.from_document(to_object(text)), data)


def read_system(user: str, path: str, document: Document) -> str:
    """Return the unit system in *document*, which lies at *path*."""
    read = partial(read_stored, user, place(UNITS, path))
    return str(read(lambda one: require(one["system"], str), document))
