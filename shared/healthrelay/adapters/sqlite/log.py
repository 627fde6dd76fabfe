"""The log of what changed, and how far each target has followed it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from healthrelay.adapters.sqlite.documents import Table, newest_sequence, require_person, to_text
from healthrelay.core.delivery.entries import Entry
from healthrelay.core.delivery.progress import Progress
from healthrelay.ports.delivery import Following


class SqliteLog(Table):
    """Entries, and how far each target has followed them."""

    def head(self, user: str) -> int:
        with self._database.read() as connection:
            return newest_sequence(connection, user)

    def after(self, user: str, sequence: int, limit: int) -> list[Entry]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT sequence, at, entry FROM log WHERE user = ? AND sequence > ?"
                " ORDER BY sequence LIMIT ?",
                (user, sequence, limit),
            )
            return [
                Entry.from_document(number, datetime.fromisoformat(at), json.loads(entry))
                for number, at, entry in rows
            ]

    def prune(self, user: str, before: datetime) -> int:
        with self._database.write() as connection:
            # Only from the oldest on, so that the rest has no gap.
            first = connection.execute(
                "SELECT min(sequence) FROM log WHERE user = ? AND (at >= ? OR sequence ="
                " (SELECT max(sequence) FROM log WHERE user = ?))",
                (user, before.isoformat(), user),
            ).fetchone()[0]
            gone = connection.execute(
                "DELETE FROM log WHERE user = ? AND sequence < ?", (user, first or 0)
            )
            return gone.rowcount

    def following(self, user: str) -> Following:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT target, data FROM progress WHERE user = ? ORDER BY target", (user,)
            )
            return Following(newest_sequence(connection, user), _progresses(rows))

    def followings(self) -> dict[str, Following]:
        with self._database.read() as connection:
            users = connection.execute(
                "SELECT user FROM documents"
                " WHERE path = 'identities/' || user || '/plugindata/fitbit' ORDER BY user"
            ).fetchall()
        return {user: self.following(user) for (user,) in users}

    def save(
        self, user: str, target: str, progress: Progress | None, *, still: bool = False
    ) -> None:
        with self._database.write() as connection:
            require_person(connection, user)
            where = (user, target)
            if progress is None:
                connection.execute("DELETE FROM progress WHERE user = ? AND target = ?", where)
                return
            known = connection.execute(
                "SELECT data FROM progress WHERE user = ? AND target = ?", where
            ).fetchone()
            if known is None and still:
                return
            if (
                not known
                or Progress.from_document(json.loads(known[0])).sequence <= progress.sequence
            ):
                connection.execute(
                    "INSERT OR REPLACE INTO progress VALUES (?, ?, ?)",
                    (*where, to_text(progress.to_document())),
                )


def _progresses(rows: Iterable[sqlite3.Row]) -> dict[str, Progress]:
    return {target: Progress.from_document(json.loads(data)) for target, data in rows}
