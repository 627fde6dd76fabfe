"""A provider's token endpoint for tests of grants, and grants over it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.adapters.vault import SealingVault
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.grants.token import Account, Grant, Token
from healthrelay.core.json import Document, Json, Versioned
from healthrelay.flows.grants.lease import Lease
from healthrelay.flows.grants.refresh import Grants
from healthrelay.ports.peers import Vault
from healthrelay.ports.store import Store

VAULT = SealingVault({"k": b"k" * 32})
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ACCOUNT = Account("A1B2C3", "Europe/Amsterdam")


def grant(number: int, hours: float = 1) -> Grant:
    return Grant(f"access-{number}", f"refresh-{number}", NOW + timedelta(hours=hours), ("weight",))


class Issuer:
    """A token endpoint that counts: refresh token *n* gives grant *n + 1*."""

    def __init__(self, single_use: bool = True) -> None:
        self.single_use = single_use
        self.asked: list[str] = []
        self.trouble: HealthrelayError | None = None
        self.meanwhile: Callable[[], object] = lambda: None
        self.access = "access"

    def exchange(self, code: str, verifier: str) -> Grant:
        raise AssertionError("no code is redeemed here")

    def refresh(self, refresh_token: str) -> Grant:
        self.asked.append(refresh_token)
        if self.trouble:
            raise self.trouble
        self.meanwhile()
        given = grant(int(refresh_token.rpartition("-")[2]) + 1)
        return given if self.access else given._replace(access="", expires_at=NOW)

    def revoke(self, grant: Grant) -> None:
        raise AssertionError("no grant is ended here")


def grants_of(store: Store, vault: Vault = VAULT, **changes: Any) -> Grants:
    """Grants of Fitbit in *store*; *changes* name what differs from an issuer without trouble."""
    return Grants("fitbit", store.tokens, vault, **{"token_endpoint": Issuer(), **changes})


def stored_token(store: Store, user: str = "jack") -> Versioned:
    stored = store.tokens.load(user)
    assert stored is not None
    return stored


def take(store: Store, now: datetime = NOW, user: str = "jack") -> None:
    """Let another worker take the lease at *now*, and never be heard of again."""
    stored = stored_token(store, user)
    taken = Lease.next(stored.document, "another", now).on(stored.document)
    store.tokens.save(user, taken, stored.version)


class Login:
    """Jack's grant, which is due, in a store of his own, and who would refresh it."""

    def __init__(self, single_use: bool = True) -> None:
        self.store = SqliteStore(":memory:")
        self.store.identities.save("jack", {})
        self.issuer = Issuer(single_use)
        self.grants = self.grants_that(sleep=lambda _: None)
        self.connect(1, hours=0)

    def grants_that(self, **differ: Any) -> Grants:
        """Other grants over the same store and issuer."""
        return grants_of(self.store, token_endpoint=self.issuer, **differ)

    def connect(self, number: int, hours: float = 1) -> None:
        self.grants.connect("jack", grant(number, hours), ACCOUNT, NOW)

    def current(self, after: timedelta = timedelta()) -> Token:
        return self.grants.current("jack", NOW + after)

    def load(self) -> Token:
        return self.grants.load("jack")

    def take(self, after: timedelta = timedelta()) -> None:
        """Let another worker take the lease, and never be heard of again."""
        take(self.store, NOW + after)

    @property
    def document(self) -> Document:
        return stored_token(self.store).document

    def change(self, **parts: Json) -> None:
        """Write over *parts* of the stored document."""
        stored = stored_token(self.store)
        self.store.tokens.save("jack", {**stored.document, **parts}, stored.version)
