"""Every secret that lies sealed in a store: whether it opens, and sealing it with another key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from healthrelay.core.errors import Conflict, Misconfigured, Unknown
from healthrelay.flows.delivery.targets import target_associated_data
from healthrelay.flows.grants.document import grant_associated_data
from healthrelay.flows.household import application

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Store


def sealed_values(store: Store) -> Iterator[tuple[str, str]]:
    """Yield the place of each secret, and the secret as it lies there."""
    values = store.identities.application()
    for name in application.SEALED:
        if name in values:
            yield application.place(name), values[name]
    for user in store.identities.names():
        if stored := store.tokens.load(user):
            document = stored.document
            where = grant_associated_data(user, str(document["provider"]), str(document["account"]))
            yield where, str(document["sealed"])
        for name, target in store.targets.of(user).items():
            yield target_associated_data(user, name), str(target["sealed"])


def try_to_open(store: Store, vault: Vault) -> tuple[int, dict[str, str]]:
    """Return how many secrets there are, and place → why it does not open with *vault*'s keys."""
    count, unopened = 0, {}
    for count, (where, sealed) in enumerate(sealed_values(store), 1):  # noqa: B007 - it is returned
        try:
            vault.open(sealed, where)
        except Misconfigured as error:
            unopened[where] = error.sentence
    return count, unopened


class Rotation:
    """One walk over every secret in the *store*, sealing it with the key that seals now.

    Everything goes on meanwhile: each secret is opened, sealed, and written by compare-and-set,
    and what somebody else wrote is looked at again. It can be killed at any point and run again.
    """

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self.current: set[str] = set()
        """Places whose secret needed nothing."""
        self.anew: set[str] = set()
        """Places whose secret was sealed anew."""
        self.unopened: dict[str, str] = {}
        """Place → why its secret did not open. While there is one, no key may be taken away."""

    def run(self) -> None:
        """Seal anew whatever is sealed with another key than the first."""
        for user in self._store.identities.names():
            self._grant(user)
            self._targets(user)
        application.amend(self._store.identities, self._values)

    def _grant(self, user: str) -> None:
        tokens = self._store.tokens
        while stored := tokens.load(user):
            document = stored.document
            where = grant_associated_data(user, str(document["provider"]), str(document["account"]))
            sealed = self._sealed(str(document["sealed"]), where)
            if sealed == document["sealed"]:
                return
            try:
                # Only this field: a lease that somebody holds meanwhile stays theirs to end.
                tokens.save(user, {**document, "sealed": sealed}, stored.version)
            except Unknown:
                return  # removed meanwhile
            except Conflict:
                continue
            return

    def _targets(self, user: str) -> None:
        for name in self._store.targets.of(user):
            while document := self._store.targets.of(user).get(name):
                sealed = self._sealed(str(document["sealed"]), target_associated_data(user, name))
                if sealed == document["sealed"]:
                    break
                after = {**document, "sealed": sealed}
                with suppress(Conflict, Unknown):  # changed or removed meanwhile: look again
                    self._store.targets.save(user, name, after, document)
                    break

    def _values(self, before: Mapping[str, str]) -> Mapping[str, str]:
        after = dict(before)
        for name in application.SEALED:
            if stored := before.get(name):
                after[name] = self._sealed(stored, application.place(name))
        return after

    def _sealed(self, sealed: str, where: str) -> str:
        """*sealed* with the first key; as it was when that is so already or it does not open."""
        if self._vault.is_current(sealed):
            if where not in self.anew:
                self.current.add(where)
            return sealed
        try:
            anew = self._vault.seal(self._vault.open(sealed, where), where)
        except Misconfigured as error:
            self.unopened[where] = error.sentence
            return sealed
        self.anew.add(where)
        return anew
