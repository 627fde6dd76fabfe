"""A grant: what a wearer allowed us, and the two secrets that prove it."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import NamedTuple

from healthrelay.core.grants.grant_health import GrantHealth

EXPIRY_MARGIN = timedelta(minutes=5)
"""A token that ends sooner than this is refreshed first: a fetch may take minutes."""
MAX_JITTER = timedelta(minutes=10)
"""So much earlier at most, so that people who connected together do not refresh together."""
MIN_LIFETIME = timedelta(seconds=30)
"""A token that lives longer than this may still be used when it could not be refreshed."""


FOREIGN_SCOPES = "foreign_scopes"
"""Among what is odd in an answer: it gives something, but nothing that we know."""


class Account(NamedTuple):
    """Whose data a grant opens: the provider's id for them and their time zone, if known.

    An empty id says that it is not known yet; it equals nobody's.
    """

    id: str
    zone: str | None = None
    fitbit_id: str = ""
    """The id of the same wearer in Fitbit's older API, where the provider tells it."""


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
    odd: tuple[str, ...] = ()
    """The members of the answer that could not be read; not stored."""

    def __repr__(self) -> str:
        return f"Grant(expires_at={self.expires_at:%FT%TZ}, scopes={self.scopes})"


class Before(NamedTuple):
    """What there was when a consent was redeemed."""

    ending: int = 0
    """The newest ending of an account."""
    connected: bool = False
    """Whether a grant of the person was stored."""


NOTHING_BEFORE = Before()


class Token(NamedTuple):
    """The stored grant of one person with one provider."""

    provider: str
    account: Account
    grant: Grant
    connected_at: datetime | None = None
    health: GrantHealth = GrantHealth()
    awaits_identity: bool = False
    """Whether it is not known yet whose account it opens, or a later one that stands beside it."""

    def is_due(self, now: datetime) -> bool:
        """Return whether to refresh before use: 5 to 15 minutes before the end.

        The moment is the same for everybody who looks at this token.
        """
        name = f"{self.account.id} {self.grant.expires_at.isoformat()}"
        early = MAX_JITTER * (zlib.crc32(name.encode()) % 600) / 600
        return now + EXPIRY_MARGIN + early >= self.grant.expires_at

    def is_usable(self, now: datetime) -> bool:
        """Return whether the provider should still take it for a question or two."""
        return now + MIN_LIFETIME < self.grant.expires_at

    def refreshed_by(self, fresh: Grant) -> Token:
        """Return this token after a refresh; what stood in the way of it is forgotten.

        What the provider did not repeat stays as it was, and so does whose it is: only a
        consent says that.
        """
        old = self.grant
        merged = fresh._replace(
            refresh=fresh.refresh or old.refresh,
            scopes=fresh.scopes or old.scopes,
            refresh_expires_at=fresh.refresh_expires_at or old.refresh_expires_at,
            user=old.user,
        )
        health = GrantHealth(reading=self.health.reading, odd=self.health.odd)
        return self._replace(grant=merged, health=health)
