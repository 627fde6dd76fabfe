"""Access to the Health API: who calls, with which rights, and not too often."""

from __future__ import annotations

from flask import request

from sandbox.accounts import Accounts
from sandbox.google.errors import (
    invalid,
    not_found,
    rate_limited,
    scope_insufficient,
    unauthenticated,
    unknown_field,
)
from sandbox.google.scopes import PREFIX, readonly
from sandbox.google.switches import GoogleSwitches
from sandbox.oauth.ledger import Ledger, TokenExpired, TokenUnknown
from sandbox.quota import Quota

# System parameters that every Google API understands.
_SYSTEM = {"alt", "prettyPrint", "key", "quotaUser", "$.xgafv", "fields"}
_DEAD = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie "
    "or other valid authentication credential."
)


class Guard:
    """Checks a request before any data is looked at."""

    def __init__(self, ledger: Ledger, accounts: Accounts, switches: GoogleSwitches) -> None:
        self._ledger = ledger
        self._accounts = accounts
        self._wearer = accounts.current
        self._switches = switches
        self._quota = Quota(60, ledger.clock)

    def enter(self, user: str, *parameters: str) -> tuple[str, ...]:
        """Return the scopes of the bearer, who reads *user* and may send *parameters*."""
        scopes = self._bearer()
        if self._quota.take() > self._switches.per_minute:
            wait = self._quota.reset_in() if self._switches.retry_after else None
            raise rate_limited(wait)
        if user not in ("me", self._wearer.health_id):
            raise not_found(f"users/{user}")
        _check_parameters(set(parameters))
        self._wearer.catch_up()
        return scopes

    def _bearer(self) -> tuple[str, ...]:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            message = "Request is missing required authentication credential."
            raise unauthenticated("CREDENTIALS_MISSING", message)
        try:
            bearer = self._ledger.bearer(token)
        except (TokenUnknown, TokenExpired):
            raise unauthenticated("ACCESS_TOKEN_EXPIRED", _DEAD) from None
        self._accounts.enter(bearer.account)
        return bearer.scopes


def need(scopes: tuple[str, ...], area: str) -> None:
    """Refuse a bearer who may not read *area*."""
    if readonly(area) not in scopes:
        raise scope_insufficient()


def need_any(scopes: tuple[str, ...]) -> None:
    """Refuse a bearer without any scope of this API."""
    if not any(scope.startswith(PREFIX) for scope in scopes):
        raise scope_insufficient()


def _check_parameters(known: set[str]) -> None:
    for name, values in request.args.lists():
        if name not in known | _SYSTEM:
            raise unknown_field(name, "")
        if len(values) > 1:
            raise invalid(name, f"Invalid value: {name} is not a repeated field.")
    if request.args.get("alt", "json") != "json":
        raise invalid("alt", "Only alt=json is supported.")
