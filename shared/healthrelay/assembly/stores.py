"""The stores: who opens each scheme of `healthrelay.config.stores`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.config.stores import StoreName
    from healthrelay.ports.store import Store


def open_store(name: StoreName) -> Store:
    """Return the store *name*; a file is made where there is none."""
    return BUILDERS[name.scheme](name.place)


def _sqlite(place: str) -> Store:
    from healthrelay.adapters.sqlite import SqliteStore

    return SqliteStore(place)


def _firestore(place: str) -> Store:
    from healthrelay.adapters.firestore import FirestoreStore

    store = FirestoreStore(database=place or None)
    # Its client takes as long to load as everything else: let it, while we go on.
    store.warm()
    return store


BUILDERS: dict[str, Callable[[str], Store]] = {"sqlite": _sqlite, "firestore": _firestore}
