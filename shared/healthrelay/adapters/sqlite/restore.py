"""A whole person in one transaction."""

from healthrelay.adapters.sqlite.bindings import change_bindings
from healthrelay.adapters.sqlite.database import (
    SqliteDatabase,
    identity_path,
    invitations_path,
    put_document,
    stored_version,
)
from healthrelay.adapters.sqlite.log import put_system
from healthrelay.adapters.sqlite.order import put_number
from healthrelay.adapters.sqlite.record_rows import write
from healthrelay.adapters.sqlite.records import put_ledger
from healthrelay.adapters.sqlite.summaries import put_summary
from healthrelay.core.errors import Duplicate
from healthrelay.core.grants.bindings import accounts_in
from healthrelay.core.json import Document, to_text
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.summary import summarize
from healthrelay.ports.store import PersonDump


def restore(database: SqliteDatabase, user: str, person: PersonDump) -> None:
    """Make *user* as *person* says. Raise `Duplicate` for a person who exists."""
    path = identity_path(user)
    documents: dict[str, Document | None] = {
        path: person.settings,
        f"{path}/poll-key": {"sha256": person.poll_key} if person.poll_key else None,
        f"{path}/token": person.grant,
        invitations_path(user): person.invitations and person.invitations.to_document(),
        f"{path}/targets": person.targets or None,  # type: ignore[dict-item]
    }
    with database.write() as connection:
        if stored_version(connection, path):
            raise Duplicate(f"There is a user {user} already.")
        for where, content in documents.items():
            if content is not None:
                put_document(connection, where, user, content)
        accounts = accounts_in(person.grant) if person.accounts is None else person.accounts
        change_bindings(connection, lambda bindings: bindings.replace(user, accounts))
        put_ledger(connection, user, person.ledger, renews=True)
        if person.system:
            put_system(connection, user, person.system)
        put_number(connection, user)
        put_summary(connection, user, summarize(person.records))
        write(connection, user, Delta(added=tuple(person.records)))
        connection.executemany(
            "INSERT INTO log VALUES (?, ?, ?, ?)",
            [
                (user, e.sequence, e.at.isoformat(), to_text(e.to_document()))
                for e in person.entries
            ],
        )
        connection.executemany(
            "INSERT INTO progress VALUES (?, ?, ?)",
            [(user, name, to_text(one.to_document())) for name, one in person.progress.items()],
        )
