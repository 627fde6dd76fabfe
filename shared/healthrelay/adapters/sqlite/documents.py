"""Documents at the paths of the seed's schema, and what every room of the store shares."""

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


class Room:
    """A port over the shared *database*."""

    def __init__(self, database: Database) -> None:
        self._database = database


def identity(user: str) -> str:
    """Where the settings of *user* lie, and below it everything else of theirs."""
    return f"identities/{user}/plugindata/fitbit"


def require(connection: sqlite3.Connection, user: str) -> None:
    """Hold on to the person inside the transaction: a removed one must not come back in parts."""
    if load(connection, identity(user)) is None:
        raise Unknown(f"There is no user {user}.")


def load(connection: sqlite3.Connection, path: str) -> Versioned | None:
    row = connection.execute(
        "SELECT data, version FROM documents WHERE path = ?", (path,)
    ).fetchone()
    return Versioned(json.loads(row[0]), row[1]) if row else None


def put(connection: sqlite3.Connection, path: str, user: str | None, document: Document) -> int:
    """Write *document* and return its new version."""
    # Versions are random, so that a document made anew never looks like the one before it.
    version = secrets.randbits(62) + 1
    connection.execute(
        "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)",
        (path, user, version, text(document)),
    )
    return version


def text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def newest(connection: sqlite3.Connection, user: str) -> int:
    """The number of the person's newest log entry; 0 before the first."""
    row = connection.execute("SELECT max(sequence) FROM log WHERE user = ?", (user,)).fetchone()
    return int(row[0] or 0)
