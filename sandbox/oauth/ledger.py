"""Who was allowed what: authorization codes, access tokens, refresh tokens."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

_CODE_LIFETIME_SECONDS = 600
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class Refused(Exception):
    """An OAuth request that is refused: the protocol's error word, and a sentence."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


class TokenUnknown(Exception):
    """An access token that was never issued, or was revoked."""


class TokenExpired(Exception):
    """An access token that has expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRequest:
    """What an application requests on the consent page."""

    redirect_uri: str
    state: str | None
    scopes: tuple[str, ...]
    challenge: str = ""
    offline: bool = False
    renew: bool = False
    merge: bool = False


@dataclass(eq=False, slots=True, kw_only=True)
class Grant:
    """One consent of *account*. *renewable*: the application gets a refresh token with it."""

    account: str
    scopes: tuple[str, ...]
    renewable: bool
    alive: bool = True


@dataclass(eq=False, slots=True)
class Code:
    """An authorization code, and what was granted with it."""

    consent: ConsentRequest
    grant: Grant
    expires_at: float
    used: bool = False


@dataclass(eq=False, slots=True)
class Access:
    """An access token's state."""

    grant: Grant
    scopes: tuple[str, ...]
    expires_at: float


@dataclass(eq=False, slots=True)
class Refresh:
    """A refresh token's state; *answer* is what a single-use token was answered with."""

    grant: Grant
    expires_at: float | None = None
    used_at: float | None = None
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose access token it is, and what it allows."""

    account: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenPrefixes:
    """What a provider's codes and tokens start with."""

    code: str
    access: str
    refresh: str


class Ledger:
    """All codes and tokens one provider issued to the one client, for every account.

    Hold `lock` around every sequence that reads and then changes.
    """

    def __init__(
        self, clock: Callable[[], float], access_lifetime: int, prefixes: TokenPrefixes
    ) -> None:
        self.clock = clock
        self._prefixes = prefixes
        self.access_lifetime = access_lifetime
        self.lock: AbstractContextManager[object] = RLock()
        self._granted: dict[str, dict[str, None]] = {}
        self._codes: dict[str, Code] = {}
        self._access: dict[str, Access] = {}
        self._refresh: dict[str, Refresh] = {}

    def allow(self, consent: ConsentRequest, scopes: Iterable[str], account: str) -> str:
        """Grant *scopes* of *account*; return the code for the application."""
        with self.lock:
            granted = self._granted.setdefault(account, {})
            renewable = consent.offline and (consent.renew or not granted)
            allowed = dict.fromkeys(scopes) | (granted if consent.merge else {})
            granted.update(allowed)
            code = self._prefixes.code + secrets.token_urlsafe(40)
            grant = Grant(account=account, scopes=tuple(allowed), renewable=renewable)
            self._codes[code] = Code(consent, grant, self.clock() + _CODE_LIFETIME_SECONDS)
            return code

    def redeem(self, code: str, redirect_uri: str, verifier: str) -> Grant:
        """Return the grant of *code*, once. A second redemption revokes the tokens of the first."""
        held = self._codes.get(code)
        if held is None:
            raise Refused("invalid_grant", "Malformed auth code.")
        if held.used:
            held.grant.alive = False
            raise Refused("invalid_grant", "Authorization code was already redeemed.")
        if not held.grant.alive or held.expires_at <= self.clock():
            raise Refused("invalid_grant", "Authorization code expired.")
        if held.consent.redirect_uri != redirect_uri:
            raise Refused("redirect_uri_mismatch", "Bad Request")
        _prove(held.consent.challenge, verifier)
        held.used = True
        return held.grant

    def new_access(self, grant: Grant, scopes: tuple[str, ...] = ()) -> str:
        """Return a fresh access token for *grant*, or for some of its scopes."""
        token = self._prefixes.access + secrets.token_urlsafe(60)
        expires_at = self.clock() + self.access_lifetime
        self._access[token] = Access(grant, scopes or grant.scopes, expires_at)
        return token

    def new_refresh(self, grant: Grant, lifetime: int | None = None) -> str:
        """Return a fresh refresh token for *grant*, valid for *lifetime* seconds if given."""
        token = self._prefixes.refresh + secrets.token_urlsafe(40)
        expires_at = None if lifetime is None else self.clock() + lifetime
        self._refresh[token] = Refresh(grant, expires_at)
        return token

    def bearer(self, token: str) -> Bearer:
        """Return whose *token* it is. Raise `TokenUnknown` or `TokenExpired`."""
        with self.lock:
            held = self._access.get(token)
        if held is None or not held.grant.alive:
            raise TokenUnknown
        if held.expires_at <= self.clock():
            raise TokenExpired
        return Bearer(held.grant.account, held.scopes)

    def refresh(self, token: str) -> Refresh | None:
        """Return the state of a refresh token whose grant lives, used or not."""
        held = self._refresh.get(token)
        if held is None or not held.grant.alive:
            return None
        if held.expires_at is not None and held.expires_at <= self.clock():
            return None
        return held

    def forget_access(self, grant: Grant) -> None:
        """Make all access tokens of *grant* unknown."""
        self._access = {t: held for t, held in self._access.items() if held.grant is not grant}

    def keep_only(self, grant: Grant) -> None:
        """Revoke every redeemed grant of its account but *grant*."""
        for held in self._codes.values():
            other = held.grant is not grant and held.grant.account == grant.account
            if held.used and other:
                held.grant.alive = False

    def revoke(self, token: str) -> bool:
        """Revoke the whole grant of the account of *token*; return False for an invalid one."""
        with self.lock:
            access = self._access.get(token)
            known = access is not None and access.grant.alive and access.expires_at > self.clock()
            held = access if known else self.refresh(token)
            if held is None:
                return False
            self.revoke_account(held.grant.account)
            return True

    def revoke_account(self, account: str) -> None:
        """Revoke every grant of *account*, as a wearer who removes the application."""
        with self.lock:
            self._granted.pop(account, None)
            for code in self._codes.values():
                if code.grant.account == account:
                    code.grant.alive = False

    def revoke_all(self) -> None:
        """Revoke every grant of everybody."""
        with self.lock:
            for account in {code.grant.account for code in self._codes.values()}:
                self.revoke_account(account)

    def alive(self, account: str) -> bool:
        """Return whether *account* has a redeemed grant that was not revoked."""
        with self.lock:
            grants = [code.grant for code in self._codes.values() if code.used]
        return any(grant.alive and grant.account == account for grant in grants)

    def expire_access_tokens(self) -> None:
        """Expire all access tokens issued so far."""
        with self.lock:
            for held in self._access.values():
                held.expires_at = 0


def _prove(challenge: str, verifier: str) -> None:
    """Check the PKCE *verifier*: required with a challenge, refused without one."""
    if not challenge and not verifier:
        return
    if not verifier:
        raise Refused("invalid_grant", "Missing code verifier.")
    digest = hashlib.sha256(verifier.encode()).digest()
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not _VERIFIER.fullmatch(verifier) or expected != challenge:
        raise Refused("invalid_grant", "Invalid code verifier.")
