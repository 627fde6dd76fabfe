"""A provider's token endpoint for tests of grants, and grants over it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from healthrelay.core.errors import HealthrelayError
from healthrelay.core.grants.token import Account, Grant
from healthrelay.flows.grants.lease import Lease
from healthrelay.ports.store import Store

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
        self.meanwhile: Callable[[], None] = lambda: None

    def exchange(self, code: str, verifier: str) -> Grant:
        raise AssertionError("no code is redeemed here")

    def refresh(self, refresh_token: str) -> Grant:
        self.asked.append(refresh_token)
        if self.trouble:
            raise self.trouble
        self.meanwhile()
        return grant(int(refresh_token.rpartition("-")[2]) + 1)

    def revoke(self, grant: Grant) -> None:
        raise AssertionError("no grant is ended here")


def take(store: Store, now: datetime = NOW, user: str = "jack") -> None:
    """Let another worker take the lease at *now*, and never be heard of again."""
    stored = store.tokens.load(user)
    assert stored is not None
    taken = Lease.next(stored.document, "another", now).on(stored.document)
    store.tokens.save(user, taken, stored.version)
