"""A person's grant: opened, refreshed when due, and stored before it is used."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from healthrelay.core.errors import (
    Conflict,
    HealthrelayError,
    Misconfigured,
    ReconnectNeeded,
    TryLater,
)
from healthrelay.core.token import Account, Grant, Token

if TYPE_CHECKING:
    from healthrelay.ports import Consents, Document, Tokens, Vault, Versioned

LEASE = timedelta(seconds=40)
"""Longer than a token call may take: nobody else begins while ours may still succeed."""
PATIENCE = LEASE.total_seconds() + 5
PAUSE = 0.05


class Grants:
    """The grants of all people with one *provider*."""

    def __init__(
        self,
        provider: str,
        tokens: Tokens,
        vault: Vault,
        consents: Consents,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._provider = provider
        self._tokens = tokens
        self._vault = vault
        self._consents = consents
        self._sleep = sleep

    def connect(self, user: str, grant: Grant, account: Account) -> None:
        """Store a new *grant*, whatever was stored before."""
        document = self._sealed(user, Token(self._provider, account, grant))
        while True:
            stored = self._tokens.load(user)
            try:
                self._tokens.save(user, document, stored.version if stored else 0)
            except Conflict:
                # A fetch has just refreshed the old grant; the new consent still wins.
                continue
            return

    def current(self, user: str, now: datetime) -> Token:
        """The person's token, refreshed if it is due. Raises `ReconnectNeeded`."""
        token = self.stored(user)
        return self.renew(user, token, now) if token.due(now) else token

    def stored(self, user: str) -> Token:
        """The person's token as it is, due or not. Raises `ReconnectNeeded`."""
        return self._opened(user, self._stored(user))

    def renew(self, user: str, stale: Token, now: datetime) -> Token:
        """Another access token than the *stale* one: what somebody stored meanwhile, or a new one.

        A refresh token may work only once, so one worker at a time spends it, under a lease
        in the stored document; the others wait for what that one stores. A worker that died
        leaves its lease to run out.
        """
        waited = 0.0
        while waited < PATIENCE:
            stored = self._stored(user)
            token = self._opened(user, stored)
            if token.grant.access != stale.grant.access:
                return token
            version = self._lease(user, stored, now + timedelta(seconds=waited))
            if version:
                return self._refresh(user, token, version)
            self._sleep(PAUSE)
            waited += PAUSE
        raise TryLater(f"Somebody else is refreshing the grant of {user}.")

    def _lease(self, user: str, stored: Versioned, now: datetime) -> int:
        """The version under which we alone may write next; 0 while somebody else may."""
        held = stored.document.get("leased_until")
        if held and datetime.fromisoformat(str(held)) > now:
            return 0
        leased = {**stored.document, "leased_until": (now + LEASE).isoformat()}
        try:
            return self._tokens.save(user, leased, stored.version)
        except Conflict:
            return 0

    def _refresh(self, user: str, token: Token, version: int) -> Token:
        """Refresh, save, and only then hand on; whoever lost the lease meanwhile saves nothing."""
        try:
            fresh = token.renewed(self._consents.refresh(token.grant.refresh or ""))
        except HealthrelayError:
            with suppress(Conflict):
                # Give the lease back, or the next try would wait for it to run out.
                self._tokens.save(user, self._sealed(user, token), version)
            raise
        try:
            self._tokens.save(user, self._sealed(user, fresh), version)
        except Conflict:
            return self.stored(user)
        return fresh

    def _stored(self, user: str) -> Versioned:
        stored = self._tokens.load(user)
        if stored is None:
            raise ReconnectNeeded(f"{user} has not connected yet.", user)
        if stored.document.get("provider") != self._provider:
            raise ReconnectNeeded(f"{user} connected another provider; please connect again.", user)
        return stored

    def _sealed(self, user: str, token: Token) -> Document:
        grant = token.grant
        secret = json.dumps({"access": grant.access, "refresh": grant.refresh})
        ends = grant.refresh_expires_at
        return {
            "provider": token.provider,
            "account": token.account.id,
            "zone": token.account.zone,
            "expires_at": grant.expires_at.isoformat(),
            "grant_expires_at": ends.isoformat() if ends else None,
            "scopes": list(grant.scopes),
            "sealed": self._vault.seal(secret, _place(user, token.provider, token.account.id)),
        }

    def _opened(self, user: str, stored: Versioned) -> Token:
        said = stored.document
        account = Account(str(said["account"]), str(said["zone"]) if said.get("zone") else None)
        place = _place(user, self._provider, account.id)
        try:
            secret = json.loads(self._vault.open(str(said["sealed"]), place))
        except ValueError as error:
            raise Misconfigured(f"The stored grant of {user} is damaged.") from error
        scopes = said.get("scopes")
        ends = said.get("grant_expires_at")
        grant = Grant(
            access=secret["access"],
            refresh=secret["refresh"],
            expires_at=datetime.fromisoformat(str(said["expires_at"])),
            scopes=tuple(str(s) for s in scopes) if isinstance(scopes, list) else (),
            refresh_expires_at=datetime.fromisoformat(str(ends)) if ends else None,
        )
        return Token(self._provider, account, grant)


def _place(user: str, provider: str, account: str) -> str:
    """Where a sealed grant belongs; moved anywhere else it does not open."""
    return f"identities/{user}/plugindata/fitbit/token {provider} {account}"
