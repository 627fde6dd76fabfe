"""A store by its name, as HEALTHRELAY_STORE has it, and the keys that open what it holds.

No other setting is read, and no key is made: a new one would open nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.config import PREFIX, READERS
from healthrelay.config.keys import MEMORY, kept_keys
from healthrelay.config.readers import DEFAULTS, SQLITE
from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Store


class StoreName(NamedTuple):
    """A store that need not be there yet."""

    name: str

    @property
    def path(self) -> str | None:
        """The file of an embedded store; None for Firestore."""
        return self.name.removeprefix(SQLITE) if self.name.startswith(SQLITE) else None

    def exists(self) -> bool:
        """Return whether the file is there; a database of Firestore is known when it is used."""
        return self.path is None or Path(self.path).is_file()

    def open(self) -> Store:
        """Return the store; a file is made where there is none."""
        if self.path is not None:
            from healthrelay.adapters.sqlite import SqliteStore

            return SqliteStore(self.path)
        from healthrelay.adapters.firestore import FirestoreStore

        return FirestoreStore(database=self.name.partition(":")[2] or None)

    def vault(self) -> Vault:
        """Return what opens with the keys of the environment, or those beside the file."""
        from healthrelay.assembly.sealing import vault

        text = os.environ.get(f"{PREFIX}SEALING_KEYS", "").strip()
        if not text and self.path is not None:
            text = kept_keys(self.path).get("sealing_keys", "")
        return vault(_read("sealing_keys", text) if text else {})  # type: ignore[arg-type]


def store_name(name: str | None) -> StoreName:
    """Return the store *name*; without one, what the environment names."""
    given = name or os.environ.get(f"{PREFIX}STORE", "").strip() or DEFAULTS["store"]
    found = StoreName(str(_read("store", given)))
    if found.path == MEMORY:
        raise BadRequest("A store in memory ends with its process: name another.")
    return found


def _read(setting: str, text: str) -> object:
    try:
        return READERS[setting](text)
    except ValueError as error:
        raise BadRequest(f"{text if setting == 'store' else setting} {error}.") from error
