"""Used rounds of consent."""

from __future__ import annotations

from datetime import datetime

from healthrelay.adapters.sqlite.database import Table


class SqliteHandshakes(Table):
    """The port over it."""

    def use(self, nonce: str, until: datetime, now: datetime) -> bool:
        with self._database.write() as connection:
            connection.execute("DELETE FROM handshakes WHERE until < ?", (now.isoformat(),))
            written = connection.execute(
                "INSERT OR IGNORE INTO handshakes VALUES (?, ?)", (nonce, until.isoformat())
            )
            return written.rowcount == 1
