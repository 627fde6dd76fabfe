"""A person's grant: opened, refreshed when due, and stored before it is used."""

from __future__ import annotations

import json
from datetime import datetime

from healthrelay.core.errors import Conflict, Misconfigured, ReconnectNeeded
from healthrelay.core.token import Account, Grant, Token
from healthrelay.ports import Consents, Document, Tokens, Vault, Versioned


class Grants:
    """The grants of all people with one *provider*."""

    def __init__(self, provider: str, tokens: Tokens, vault: Vault, consents: Consents) -> None:
        self._provider = provider
        self._tokens = tokens
        self._vault = vault
        self._consents = consents

    def connect(self, user: str, grant: Grant, account: Account) -> None:
        """Store a new *grant*, whatever was stored before."""
        token = Token(self._provider, account, grant)
        while True:
            stored = self._tokens.load(user)
            try:
                return self._save(user, token, stored.version if stored else 0)
            except Conflict:
                # A fetch has just refreshed the old grant; the new consent still wins.
                continue

    def current(self, user: str, now: datetime) -> Token:
        """The person's token, refreshed if it is due. Raises `ReconnectNeeded`."""
        token, version = self._load(user)
        return self._refresh(user, token, version) if token.due(now) else token

    def renew(self, user: str, refused: Token) -> Token:
        """Another access token than the *refused* one: stored meanwhile by somebody, or new."""
        token, version = self._load(user)
        if token.grant.access != refused.grant.access:
            return token
        return self._refresh(user, token, version)

    def _refresh(self, user: str, token: Token, version: int) -> Token:
        """Refresh, save, and only then hand on."""
        fresh = token.renewed(self._consents.refresh(token.grant.refresh or ""))
        try:
            self._save(user, fresh, version)
        except Conflict:
            return self._load(user)[0]
        return fresh

    def _load(self, user: str) -> tuple[Token, int]:
        stored = self._tokens.load(user)
        if stored is None:
            raise ReconnectNeeded(f"{user} has not connected yet.", user)
        if stored.document.get("provider") != self._provider:
            raise ReconnectNeeded(f"{user} connected another provider; please connect again.", user)
        return self._opened(user, stored), stored.version

    def _save(self, user: str, token: Token, expected: int) -> None:
        self._tokens.save(user, self._sealed(user, token), expected)

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
