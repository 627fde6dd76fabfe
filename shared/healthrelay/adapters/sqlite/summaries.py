"""The summary of a person's newest measurements, as a document beside the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite import record_rows
from healthrelay.adapters.sqlite.database import load_document, put_document
from healthrelay.core.damage import Damaged
from healthrelay.core.measurements import summary as summaries

if TYPE_CHECKING:
    import sqlite3

    from healthrelay.core.measurements.reading import Delta
    from healthrelay.core.measurements.summary import Summary


def load_summary(connection: sqlite3.Connection, user: str) -> Summary | None:
    """Return the summary; None where there is none that can be read: it is made again."""
    try:
        stored = load_document(connection, _path(user), user, "summary")
    except Damaged:
        return None
    return summaries.from_document(stored.document) if stored else None


def put_summary(connection: sqlite3.Connection, user: str, summary: Summary) -> None:
    put_document(connection, _path(user), user, summaries.to_document(summary))


def write_summary(connection: sqlite3.Connection, user: str, delta: Delta) -> None:
    """Write the summary that follows from *delta*; the records are still those before it."""
    if not summaries.is_touched(delta):
        return
    after = summaries.summary_after(
        load_summary(connection, user),
        delta,
        lambda: record_rows.load_named(connection, user, summaries.NAMES),
    )
    if after is None:
        connection.execute("DELETE FROM documents WHERE path = ?", (_path(user),))
    else:
        put_summary(connection, user, after)


def _path(user: str) -> str:
    return f"sensors/fitbit/{user}/summary"
