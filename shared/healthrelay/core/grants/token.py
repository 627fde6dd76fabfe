"""A grant: what a wearer allowed us, and the two secrets that prove it."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import NamedTuple

from healthrelay.core.grants.grant_health import Health

MARGIN = timedelta(minutes=5)
"""A token that ends sooner than this is refreshed first: a fetch may take minutes."""
JITTER = timedelta(minutes=10)
"""So much earlier at most, so that people who connected together do not refresh together."""
USABLE = timedelta(seconds=30)
"""A token that lives longer than this may still be used when it could not be refreshed."""


class Account(NamedTuple):
    """Whose data a grant opens: the provider's id for them and their time zone, if known."""

    id: str
    zone: str | None = None


class Grant(NamedTuple):
    """What a token endpoint answered. Printing it shows when it ends and what it allows, only."""

    access: str
    refresh: str | None
    expires_at: datetime
    scopes: tuple[str, ...]
    refresh_expires_at: datetime | None = None
    """When the grant itself ends, where the provider says so (Google, for apps in Testing)."""
    user: str | None = None
    """The provider's id for the wearer, where it comes with the token (Fitbit)."""

    def __repr__(self) -> str:
        return f"Grant(expires_at={self.expires_at:%FT%TZ}, scopes={self.scopes})"


class Token(NamedTuple):
    """The stored grant of one person with one provider."""

    provider: str
    account: Account
    grant: Grant
    connected_at: datetime | None = None
    health: Health = Health()

    def due(self, now: datetime) -> bool:
        """Whether to refresh before use: 5 to 15 minutes before the end, the same for everybody
        who looks at this token."""
        said = f"{self.account.id} {self.grant.expires_at.isoformat()}"
        early = JITTER * (zlib.crc32(said.encode()) % 600) / 600
        return now + MARGIN + early >= self.grant.expires_at

    def usable(self, now: datetime) -> bool:
        """Whether the provider should still take it for a question or two."""
        return now + USABLE < self.grant.expires_at

    def renewed(self, fresh: Grant) -> Token:
        """This token after a refresh; what the provider did not repeat stays as it was, what
        stood in the way of refreshing is forgotten."""
        old = self.grant
        merged = fresh._replace(
            refresh=fresh.refresh or old.refresh,
            scopes=fresh.scopes or old.scopes,
            refresh_expires_at=fresh.refresh_expires_at or old.refresh_expires_at,
            user=fresh.user or old.user,
        )
        return self._replace(grant=merged, health=Health(reading=self.health.reading))
