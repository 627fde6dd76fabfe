"""A grant as the store keeps it: what is written in clear, and the two secrets sealed.

| field                                | holds                                                    |
|--------------------------------------|----------------------------------------------------------|
| provider, account, zone              | whose data the grant opens                               |
| connected_at                         | when the consent was given                               |
| expires_at, grant_expires_at, scopes | how long for, and for what                               |
| sealed                               | access and refresh token, for exactly this place         |
| health                               | what stands in the way (`GrantHealth`); absent when well |
| lease                                | who is spending the refresh token, until when            |
| generation                           | how many leases there were                               |
| unconfirmed                          | a later grant in this form, whose account is not known   |

The lease is written before the token endpoint is called and gone afterwards: one that has run
out says that a refresh was cut short, in flight.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from healthrelay.core.errors import Misconfigured
from healthrelay.core.grants.grant_health import NOTHING_ODD, GrantHealth
from healthrelay.core.grants.token import Account, Grant, Token
from healthrelay.core.trouble import Trouble

if TYPE_CHECKING:
    from healthrelay.core.errors import OddDays
    from healthrelay.core.json import Document
    from healthrelay.ports.peers import Vault

UNCONFIRMED = "unconfirmed"

_HEALTH: Mapping[str, Callable[[Any], Any]] = {
    "failures": int,
    "retry_at": datetime.fromisoformat,
    "refused_at": datetime.fromisoformat,
    "ended_at": datetime.fromisoformat,
    "refreshing": Trouble.from_document,
    "reading": Trouble.from_document,
    "odd": dict,
}


def to_document(user: str, token: Token, vault: Vault) -> dict[str, Any]:
    """Return the document of *token*, without a lease."""
    grant = token.grant
    secret = json.dumps({"access": grant.access, "refresh": grant.refresh})
    return {
        "provider": token.provider,
        "account": token.account.id,
        "zone": token.account.zone,
        "connected_at": _to_json(token.connected_at),
        "expires_at": grant.expires_at.isoformat(),
        "grant_expires_at": _to_json(grant.refresh_expires_at),
        "scopes": list(grant.scopes),
        "sealed": vault.seal(secret, grant_associated_data(user, token.provider, token.account.id)),
        **_health_fields(token.health),
    }


def from_document(user: str, document: Document, vault: Vault) -> Token:
    """Return the token in *document*. Raise `Misconfigured` when it does not open."""
    fields: Mapping[str, Any] = document
    account = Account(str(fields["account"]), fields.get("zone"))
    sealed_for = grant_associated_data(user, str(fields["provider"]), account.id)
    try:
        secret = json.loads(vault.open(str(fields["sealed"]), sealed_for))
    except ValueError as error:
        raise Misconfigured(f"The stored grant of {user} is damaged.") from error
    grant = Grant(
        access=secret["access"],
        refresh=secret["refresh"],
        expires_at=datetime.fromisoformat(fields["expires_at"]),
        scopes=tuple(fields.get("scopes") or ()),
        refresh_expires_at=_read_instant(fields.get("grant_expires_at")),
    )
    since = _read_instant(fields.get("connected_at"))
    health, awaits = _read_health(document), awaits_identity(document)
    return Token(str(fields["provider"]), account, grant, since, health, awaits)


def from_clear_part(document: Document) -> Token:
    """Return the token of a grant's clear part: all but its secrets, and when they end."""
    fields: Mapping[str, Any] = document
    grant = Grant(
        access="",
        refresh=None,
        expires_at=datetime.min.replace(tzinfo=UTC),
        scopes=tuple(fields.get("scopes") or ()),
        refresh_expires_at=_read_instant(fields.get("grant_expires_at")),
    )
    account = Account(str(fields.get("account", "")), fields.get("zone"))
    since = _read_instant(fields.get("connected_at"))
    health, awaits = _read_health(document), awaits_identity(document)
    return Token(str(fields["provider"]), account, grant, since, health, awaits)


def with_reading(
    document: Document, trouble: Trouble | None, odd: OddDays = NOTHING_ODD
) -> dict[str, Any]:
    """Return *document* with the *trouble* of the newest fetch in place of an older one.

    *odd* is what could not be read.
    """
    rest = {name: value for name, value in document.items() if name != "health"}
    return rest | _health_fields(_read_health(document)._replace(reading=trouble, odd=odd))


def awaits_identity(document: Document) -> bool:
    """Return whether the provider must still be asked whose account it, or a later grant, is."""
    return not document.get("account") or UNCONFIRMED in document


def unconfirmed_part(document: Document) -> dict[str, Any]:
    """Return the grant that stands apart in *document*, as its member."""
    return {name: document[name] for name in (UNCONFIRMED,) if name in document}


def has_ended(document: Document) -> bool:
    """Return whether only a new consent helps; nothing is opened for it."""
    if UNCONFIRMED in document:
        return False
    health = document.get("health")
    return isinstance(health, Mapping) and bool(health.get("ended_at"))


def unread_since(document: Document, interval: timedelta) -> tuple[datetime, str]:
    """Return since when not all has been read, and why in a word; later than now if it has.

    A fetch that succeeds leaves no trouble, and a token that ends before the next one, an
    *interval* later, by no more than that: an older one says that no fetch came to refresh it.
    """
    health = _read_health(document)
    troubles = (health.refreshing, health.reading)
    if dated := [(one.since, one.cause) for one in troubles if one and one.since]:
        return min(dated)
    return datetime.fromisoformat(str(document["expires_at"])) + interval, "not_fetched"


def grant_associated_data(user: str, provider: str, account: str) -> str:
    """Return what a grant is sealed with (RFC 5116); moved anywhere else it does not open."""
    return f"identities/{user}/plugindata/fitbit/token {provider} {account}"


def _health_fields(health: GrantHealth) -> dict[str, Any]:
    """Return the field ``health``; none when all is well."""
    stored = {name: _to_json(value) for name, value in health._asdict().items() if value}
    return {"health": stored} if stored else {}


def _to_json(value: Any) -> Any:
    if isinstance(value, Trouble):
        return value.to_document()
    return value.isoformat() if isinstance(value, datetime) else value


def _read_health(document: Document) -> GrantHealth:
    fields: Any = document.get("health") or {}
    present = {name: read(fields[name]) for name, read in _HEALTH.items() if fields.get(name)}
    return GrantHealth(**present)


def _read_instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
