"""The stores that can be chosen; each is imported when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthrelay.config.store_name import StoreName
    from healthrelay.ports.store import Store


def _sqlite(place: str) -> Store:
    from healthrelay.adapters.sqlite.store import SqliteStore

    return SqliteStore(place)


def _firestore(place: str) -> Store:
    from healthrelay.adapters.firestore.store import FirestoreStore

    store = FirestoreStore(database=place or None)
    # Its client takes as long to load as everything else: let it, while we go on.
    store.warm()
    return store


STORES: dict[str, Callable[[str], Store]] = {"sqlite": _sqlite, "firestore": _firestore}
"""By the schemes of `healthrelay.config.store_name.SCHEMES`."""


def open_store(name: StoreName) -> Store:
    """Return the store *name*; a file is made where there is none."""
    return STORES[name.scheme](name.place)
