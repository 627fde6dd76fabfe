"""Named steps from an empty file to today's tables; a released step never changes."""

import sqlite3

MIGRATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "0001-documents-records-log",
        (
            # Paths are the seed's own: plugindata/fitbit, identities/<user>/plugindata/fitbit/...
            """CREATE TABLE documents (
                path TEXT PRIMARY KEY, user TEXT, version INTEGER NOT NULL, data TEXT NOT NULL
            ) WITHOUT ROWID""",
            "CREATE INDEX documents_by_user ON documents (user)",
            """CREATE TABLE records (
                user TEXT, series TEXT, key TEXT, local_time TEXT NOT NULL, data TEXT NOT NULL,
                PRIMARY KEY (user, series, key)
            ) WITHOUT ROWID""",
            "CREATE INDEX records_by_time ON records (user, series, local_time)",
            """CREATE TABLE log (
                user TEXT, sequence INTEGER, at TEXT NOT NULL, entry TEXT NOT NULL,
                PRIMARY KEY (user, sequence)
            ) WITHOUT ROWID""",
            """CREATE TABLE delivered (
                user TEXT, target TEXT, sequence INTEGER NOT NULL, PRIMARY KEY (user, target)
            ) WITHOUT ROWID""",
            """CREATE TABLE handshakes (
                nonce TEXT PRIMARY KEY, until TEXT NOT NULL
            ) WITHOUT ROWID""",
        ),
    ),
    (
        "0002-progress",
        (
            """CREATE TABLE progress (
                user TEXT, target TEXT, data TEXT NOT NULL, PRIMARY KEY (user, target)
            ) WITHOUT ROWID""",
            """INSERT INTO progress
                SELECT user, target, '{"sequence":' || sequence || '}' FROM delivered""",
            "DROP TABLE delivered",
        ),
    ),
    ("0003-origins", ("ALTER TABLE records ADD COLUMN origin TEXT NOT NULL DEFAULT ''",)),
)


def apply_missing(connection: sqlite3.Connection) -> None:
    """Bring the file to the tables of today. Inside a transaction: several processes may start at
    the same time."""
    connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)")
    done = _names(connection)
    for name, statements in MIGRATIONS:
        if name not in done:
            for statement in statements:
                connection.execute(statement)
            connection.execute("INSERT INTO migrations VALUES (?)", (name,))


def is_migrated(connection: sqlite3.Connection) -> bool:
    """Return whether the file has the tables of today."""
    return _names(connection) >= {name for name, _ in MIGRATIONS}


def _names(connection: sqlite3.Connection) -> set[str]:
    known = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'").fetchone()
    return {row[0] for row in connection.execute("SELECT name FROM migrations")} if known else set()
