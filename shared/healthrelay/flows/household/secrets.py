"""Every sealed value of a store: whether it opens, and sealing it again with another key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from healthrelay.core.defect import isolate, log_cause
from healthrelay.core.errors import Conflict, HealthrelayError, Misconfigured, Unknown
from healthrelay.flows.delivery.targets import target_associated_data
from healthrelay.flows.grants.document import grant_associated_data, unconfirmed_part
from healthrelay.flows.household.application import SEALED, amend, application_associated_data

if TYPE_CHECKING:
    from healthrelay.core.json import Document
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Store


Sealed = tuple[str, str]
"""The associated data of a sealed value, which name its place, and the value."""


def try_to_open(store: Store, vault: Vault) -> tuple[int, dict[str, HealthrelayError]]:
    """Return how many sealed values open with the keys of *vault*; and each other's error.

    The errors are by place; those of a whole document that is damaged by what it is.
    """
    count = 0
    unopened: dict[str, HealthrelayError] = {}
    for part, read in _parts(store):
        values = isolate(read)
        for place, sealed in values if isinstance(values, list) else ():
            opened = isolate(vault.open, sealed, place)
            if isinstance(opened, HealthrelayError):
                unopened[place] = opened
            else:
                count += 1
        if isinstance(values, HealthrelayError):
            unopened[part] = values
    return count, unopened


def _parts(store: Store) -> Iterator[tuple[str, Callable[[], list[Sealed]]]]:
    """Yield each document that may hold sealed values, by what it is, and how it is read."""
    yield "application", partial(_of_application, store)
    for user in store.identities.names():
        yield f"grant of {user}", partial(_of_grant, user, store)
        yield f"targets of {user}", partial(_of_targets, user, store)


def _of_application(store: Store) -> list[Sealed]:
    values = store.identities.application()
    return [(application_associated_data(n), values[n]) for n in SEALED if n in values]


def _of_grant(user: str, store: Store) -> list[Sealed]:
    stored = store.tokens.load(user)
    documents = _sealed_grants(stored.document) if stored else []
    return [(_grant_place(user, one), str(one["sealed"])) for one in documents]


def _of_targets(user: str, store: Store) -> list[Sealed]:
    targets = store.targets.of(user).items()
    return [(target_associated_data(user, name), str(one["sealed"])) for name, one in targets]


class Rotation:
    """One walk over every sealed value of the *store*, sealing it with the key that seals now.

    Everything goes on meanwhile: each value is opened, sealed, and written by compare-and-set,
    and what somebody else wrote is read again. It can be killed at any point and run again.
    """

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self.current: set[str] = set()
        """Places whose value needed nothing."""
        self.resealed: set[str] = set()
        """Places whose value was sealed again."""
        self.unopened: dict[str, str] = {}
        """Place → why its value did not open. While there is one, no key may be taken away."""

    def run(self) -> None:
        """Seal again whatever is sealed with another key than the first."""
        for user in self._store.identities.names():
            self._attempt(f"grant of {user}", self._reseal_grant, user)
            self._attempt(f"targets of {user}", self._reseal_targets, user)
        self._attempt("application", amend, self._store.identities, self._reseal_values)

    def _attempt(self, part: str, work: Callable[..., object], *args: object) -> None:
        """Do *work*; what is damaged stays as it is, and is named."""
        done = isolate(work, *args)
        if isinstance(done, HealthrelayError):
            self.unopened[part] = log_cause(done)

    def _reseal_grant(self, user: str) -> None:
        tokens = self._store.tokens
        while stored := tokens.load(user):
            document = self._resealed_grant(user, stored.document)
            if document == stored.document:
                return
            try:
                tokens.save(user, document, stored.version)
            except Unknown:
                return  # removed meanwhile
            except Conflict:
                continue
            return

    def _resealed_grant(self, user: str, document: Document) -> dict[str, Any]:
        """Return *document* with its secrets sealed again, and with any that stands apart in it.

        Only these fields: a lease that somebody holds meanwhile stays theirs to end.
        """
        sealed = self._reseal(str(document["sealed"]), _grant_place(user, document))
        apart: Any = unconfirmed_part(document)
        resealed = {name: self._resealed_grant(user, part) for name, part in apart.items()}
        return {**document, "sealed": sealed, **resealed}

    def _reseal_targets(self, user: str) -> None:
        for name in self._store.targets.of(user):
            while document := self._store.targets.of(user).get(name):
                sealed = self._reseal(str(document["sealed"]), target_associated_data(user, name))
                if sealed == document["sealed"]:
                    break
                after = {**document, "sealed": sealed}
                with suppress(Conflict, Unknown):  # changed or removed meanwhile: read it again
                    self._store.targets.save(user, name, after, document)
                    break

    def _reseal_values(self, before: Mapping[str, str]) -> Mapping[str, str]:
        after = dict(before)
        for name in SEALED:
            if sealed := before.get(name):
                after[name] = self._reseal(sealed, application_associated_data(name))
        return after

    def _reseal(self, sealed: str, place: str) -> str:
        """Seal with the first key; return *sealed* if that is so already or it does not open."""
        if self._vault.is_current(sealed):
            if place not in self.resealed:
                self.current.add(place)
            return sealed
        try:
            resealed = self._vault.seal(self._vault.open(sealed, place), place)
        except Misconfigured as error:
            self.unopened[place] = error.sentence
            return sealed
        self.resealed.add(place)
        return resealed


def _sealed_grants(document: Document) -> list[Any]:
    """Return the grant in *document*, and any that stands apart in it."""
    return [document, *unconfirmed_part(document).values()]


def _grant_place(user: str, document: Document) -> str:
    return grant_associated_data(user, str(document["provider"]), str(document["account"]))
