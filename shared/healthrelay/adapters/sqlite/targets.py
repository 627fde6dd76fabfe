"""People's own targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.adapters.sqlite.database import Table, identity_path, put_document, require_person
from healthrelay.adapters.sqlite.reading import load_targets
from healthrelay.core.errors import Conflict

if TYPE_CHECKING:
    from healthrelay.core.json import Document


class SqliteTargets(Table):
    """People's own targets, as one document each person."""

    def of(self, user: str) -> dict[str, Document]:
        with self._database.read() as connection:
            return load_targets(connection, user)

    def save(
        self, user: str, name: str, document: Document | None, before: Document | None
    ) -> None:
        path = f"{identity_path(user)}/targets"
        with self._database.write() as connection:
            require_person(connection, user)
            targets = load_targets(connection, user)
            if targets.pop(name, None) != before:
                raise Conflict(f"The target {name} of {user} was changed in the meantime.")
            if document is not None:
                targets[name] = document
            put_document(connection, path, user, {name: dict(one) for name, one in targets.items()})
