"""A grant as the store keeps it: what is told in clear, and the two secrets sealed.

| field                                | holds                                                    |
|--------------------------------------|----------------------------------------------------------|
| provider, account, zone              | whose data the grant opens                               |
| connected_at                         | when the consent was given                               |
| expires_at, grant_expires_at, scopes | how long for, and for what                               |
| sealed                               | access and refresh token, for exactly this place         |
| health                               | what stands in the way (`core.health`); absent when well |
| lease                                | who is spending the refresh token, until when            |
| generation                           | how many leases there were                               |

The lease is written before the token endpoint is called and gone afterwards: one that has run
out says that a refresh was cut short, in flight.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from healthrelay.core.errors import Misconfigured
from healthrelay.core.grants.grant_health import Health
from healthrelay.core.grants.token import Account, Grant, Token
from healthrelay.core.trouble import Trouble

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Document


def sealed(user: str, token: Token, vault: Vault) -> dict[str, Any]:
    """The document of *token*, without a lease."""
    grant = token.grant
    secret = json.dumps({"access": grant.access, "refresh": grant.refresh})
    return {
        "provider": token.provider,
        "account": token.account.id,
        "zone": token.account.zone,
        "connected_at": _text(token.connected_at),
        "expires_at": grant.expires_at.isoformat(),
        "grant_expires_at": _text(grant.refresh_expires_at),
        "scopes": list(grant.scopes),
        "sealed": vault.seal(secret, place(user, token.provider, token.account.id)),
        **_health_fields(token.health),
    }


def opened(user: str, document: Document, vault: Vault) -> Token:
    """The token in *document*. Raises `Misconfigured` when it does not open."""
    said: Mapping[str, Any] = document
    account = Account(str(said["account"]), said.get("zone"))
    where = place(user, str(said["provider"]), account.id)
    try:
        secret = json.loads(vault.open(str(said["sealed"]), where))
    except ValueError as error:
        raise Misconfigured(f"The stored grant of {user} is damaged.") from error
    grant = Grant(
        access=secret["access"],
        refresh=secret["refresh"],
        expires_at=datetime.fromisoformat(said["expires_at"]),
        scopes=tuple(said.get("scopes") or ()),
        refresh_expires_at=_instant(said.get("grant_expires_at")),
    )
    since = _instant(said.get("connected_at"))
    return Token(str(said["provider"]), account, grant, since, _health(said.get("health") or {}))


def with_reading(document: Document, trouble: Trouble | None) -> dict[str, Any]:
    """*document* with the *trouble* of the newest fetch in place of an older one."""
    said: Any = document.get("health") or {}
    rest = {name: value for name, value in document.items() if name != "health"}
    return rest | _health_fields(_health(said)._replace(reading=trouble))


def ended(document: Document) -> bool:
    """Whether only a new consent helps; nothing is opened for it."""
    health = document.get("health")
    return isinstance(health, Mapping) and bool(health.get("ended_at"))


def unread_since(document: Document, interval: timedelta) -> tuple[datetime, str]:
    """Since when not all has been read of the person, and why in a word; later than now, if it has.

    A fetch that succeeds leaves no trouble, and a token that ends before the next one, an
    *interval* later, by no more than that: an older one says that no fetch came to refresh it.
    """
    health = _health(document.get("health") or {})  # type: ignore[arg-type]
    troubles = (health.refreshing, health.reading)
    if dated := [(one.since, one.cause) for one in troubles if one and one.since]:
        return min(dated)
    return datetime.fromisoformat(str(document["expires_at"])) + interval, "not_fetched"


def place(user: str, provider: str, account: str) -> str:
    """Where a sealed grant belongs; moved anywhere else it does not open."""
    return f"identities/{user}/plugindata/fitbit/token {provider} {account}"


def _health_fields(health: Health) -> dict[str, Any]:
    """The field ``health``; none when all is well."""
    told: dict[str, Any] = {
        "failures": health.failures,
        "retry_at": _text(health.retry_at),
        "refused_at": _text(health.refused_at),
        "ended_at": _text(health.ended_at),
        "refreshing": health.refreshing and health.refreshing.to_document(),
        "reading": health.reading and health.reading.to_document(),
    }
    kept = {name: value for name, value in told.items() if value}
    return {"health": kept} if kept else {}


def _health(said: Mapping[str, Any]) -> Health:
    return Health(
        failures=said.get("failures", 0),
        retry_at=_instant(said.get("retry_at")),
        refused_at=_instant(said.get("refused_at")),
        ended_at=_instant(said.get("ended_at")),
        refreshing=_trouble(said.get("refreshing")),
        reading=_trouble(said.get("reading")),
    )


def _trouble(document: Mapping[str, Any] | None) -> Trouble | None:
    return Trouble.from_document(document) if document else None


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
