"""The form of a stored grant, on which its readers rely; `flows.grants.document` has its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from healthrelay.core.json import require_instants, require_members
from healthrelay.core.trouble import Trouble

_NEEDED = ("provider", "account", "sealed", "expires_at")
_KINDS = {
    **dict.fromkeys((*_NEEDED, "zone", "connected_at", "grant_expires_at"), str),
    **dict.fromkeys(("lease", "health", "unconfirmed"), dict),
    "scopes": list,
    "generation": int,
}
_CLEAR = ("provider", "account", "zone", "connected_at", "grant_expires_at", "scopes", "health")
_LEASE = {"owner": str, "generation": int, "until": str}
_HEALTH = {
    **dict.fromkeys(("retry_at", "refused_at", "ended_at"), str),
    **dict.fromkeys(("refreshing", "reading", "odd"), dict),
    "failures": int,
}


def read_grant(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return *document* if it has the form of a grant. Raise `ValueError` and its like if not."""
    require_members(document, _KINDS, _NEEDED)
    require_instants(*map(document.get, ("expires_at", "connected_at", "grant_expires_at")))
    if not all(isinstance(scope, str) for scope in document.get("scopes") or ()):
        raise TypeError("scopes are texts")
    if lease := document.get("lease"):
        require_members(lease, _LEASE, _LEASE)
        require_instants(lease["until"])
    if health := document.get("health"):
        _check_health(health)
    if waiting := document.get("unconfirmed"):
        read_grant(waiting)
    return document


def clear_part(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the grant in *document* says of itself, without what is sealed or passing."""
    clear = {name: document[name] for name in _CLEAR if document.get(name)}
    return clear | ({"unconfirmed": {}} if "unconfirmed" in document else {})


def read_clear_part(clear: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return *clear* if it has the form of a clear part. Raise `ValueError` and its like if not."""
    require_members(clear, _KINDS, ("provider",))
    require_instants(*map(clear.get, ("connected_at", "grant_expires_at")))
    if health := clear.get("health"):
        _check_health(health)
    return clear


def _check_health(health: Mapping[str, Any]) -> None:
    require_members(health, _HEALTH)
    require_instants(*map(health.get, ("retry_at", "refused_at", "ended_at")))
    for name in ("refreshing", "reading"):
        if health.get(name):
            Trouble.from_document(health[name])
    for days in (health.get("odd") or {}).values():
        if not all(isinstance(number, int) for number in days.values()):
            raise TypeError("numbers of odd points")
