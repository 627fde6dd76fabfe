"""Documents at the paths of the seed's schema, and what every table of the store shares."""

from __future__ import annotations

import json
import secrets
import sqlite3
from typing import TYPE_CHECKING

from healthrelay.core.errors import Unknown
from healthrelay.ports.store import Document, Versioned

if TYPE_CHECKING:
    from healthrelay.adapters.sqlite.database import Database

APPLICATION = "plugindata/fitbit"


class Table:
    """A port over the shared *database*."""

    def __init__(self, database: Database) -> None:
        self._database = database


def identity_path(user: str) -> str:
    """Return the path of the settings of *user*; everything else of theirs is below it."""
    return f"identities/{user}/plugindata/fitbit"


def require_person(connection: sqlite3.Connection, user: str) -> None:
    """Raise `Unknown` for a stranger: a removed person must not come back in parts."""
    if load_document(connection, identity_path(user)) is None:
        raise Unknown(f"There is no user {user}.")


def load_document(connection: sqlite3.Connection, path: str) -> Versioned | None:
    row = connection.execute(
        "SELECT data, version FROM documents WHERE path = ?", (path,)
    ).fetchone()
    return Versioned(json.loads(row[0]), row[1]) if row else None


def put_document(
    connection: sqlite3.Connection, path: str, user: str | None, document: Document
) -> int:
    """Write *document* and return its new version."""
    # Random, so that a document that is created again never looks like the one before it.
    version = secrets.randbits(62) + 1
    connection.execute(
        "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)",
        (path, user, version, to_text(document)),
    )
    return version


def to_text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def newest_sequence(connection: sqlite3.Connection, user: str) -> int:
    """Return the number of the person's newest log entry; 0 before the first."""
    row = connection.execute("SELECT max(sequence) FROM log WHERE user = ?", (user,)).fetchone()
    return int(row[0] or 0)
