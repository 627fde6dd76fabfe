"""Every secret that lies sealed in a store, and whether it opens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from healthrelay.core.errors import Misconfigured
from healthrelay.flows.delivery.targets import target_associated_data
from healthrelay.flows.grants.document import grant_associated_data
from healthrelay.flows.household import application

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Store


def seals(store: Store) -> Iterator[tuple[str, str]]:
    """The place of each secret, and the secret as it lies there."""
    values = store.identities.application()
    for name in application.SEALED:
        if name in values:
            yield application.place(name), values[name]
    for user in store.identities.names():
        if stored := store.tokens.load(user):
            said = stored.document
            where = grant_associated_data(user, str(said["provider"]), str(said["account"]))
            yield where, str(said["sealed"])
        for name, document in store.targets.of(user).items():
            yield target_associated_data(user, name), str(document["sealed"])


def unopened(store: Store, vault: Vault) -> tuple[int, dict[str, str]]:
    """How many secrets there are, and place → why it does not open with the keys of *vault*."""
    count, found = 0, {}
    for where, sealed in seals(store):
        count += 1
        try:
            vault.open(sealed, where)
        except Misconfigured as error:
            found[where] = error.sentence
    return count, found
