"""The order in which people were added: a number each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.database import identity_path, load_document, put_document
from healthrelay.core.damage import Damaged

if TYPE_CHECKING:
    import sqlite3


def put_number(connection: sqlite3.Connection, user: str) -> None:
    """Let *user* come after all who were added before."""
    rows = connection.execute("SELECT user FROM documents WHERE path LIKE ?", (_path("%"),))
    numbers = [_number(connection, other) for (other,) in rows.fetchall()]
    put_document(connection, _path(user), user, {"number": max(numbers, default=0) + 1})


def names_in_order(connection: sqlite3.Connection) -> list[str]:
    """Return everybody as they were added; who was added by an earlier version comes first."""
    rows = connection.execute(
        "SELECT user FROM documents WHERE path = 'identities/' || user || '/plugindata/fitbit'"
    ).fetchall()
    return sorted((user for (user,) in rows), key=lambda user: (_number(connection, user), user))


def _number(connection: sqlite3.Connection, user: str) -> int:
    try:
        stored = load_document(connection, _path(user), user, "added")
    except Damaged:
        stored = None
    number = stored.document.get("number") if stored else 0
    return number if isinstance(number, int) else 0


def _path(user: str) -> str:
    return f"{identity_path(user)}/added"
