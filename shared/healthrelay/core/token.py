"""A grant: what a wearer allowed us, and the two secrets that prove it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

MARGIN = timedelta(minutes=5)
"""A token that ends sooner than this is refreshed first: a fetch may take minutes."""


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

    def due(self, now: datetime) -> bool:
        """Whether to refresh before use."""
        return now + MARGIN >= self.grant.expires_at

    def renewed(self, fresh: Grant) -> Token:
        """This token after a refresh; what the provider did not repeat stays as it was."""
        old = self.grant
        merged = fresh._replace(
            refresh=fresh.refresh or old.refresh,
            scopes=fresh.scopes or old.scopes,
            refresh_expires_at=fresh.refresh_expires_at or old.refresh_expires_at,
            user=fresh.user or old.user,
        )
        return self._replace(grant=merged)
