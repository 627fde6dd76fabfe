"""A provider's tokens: codes, access and refresh tokens, and their ends.

Google's refresh tokens may be used again, Fitbit's work once. Which tokens are honoured is known
here alone.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.years.account import Account

LIFETIME = {"google_health": timedelta(hours=1), "fitbit": timedelta(hours=8)}
ODD = (
    {"expires_in": "3599.5"},
    {"expires_in": "3600s", "scope": None},
    {"scope": ["a", "list"]},
    {"expires_in": "9" * 400},
    {"refresh_token_expires_in": "soon"},
    {"token_type": 7, "user_id": {}},
    {"expires_in": float("nan")},
)
"""What stood beside good tokens in the wild, and worse."""


@dataclass
class Given:
    """What one consent gave, as long as it lasts."""

    account: Account
    scopes: tuple[str, ...]
    refresh: str = ""
    """The newest refresh token; the only one that is honoured, unless they may be used again."""
    alive: bool = True
    access: dict[str, datetime] = field(default_factory=dict)
    """Access token → its end."""


class Tokens:
    """All that one *provider* has given."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self.single_use = provider == "fitbit"
        self.given: list[Given] = []
        self.odd: dict[str, str] = {}
        """What stands beside the next tokens, for nobody else to see."""
        self._codes: dict[str, tuple[Account, tuple[str, ...], str]] = {}
        self._numbers = itertools.count(1)

    def code(self, account: Account, scopes: tuple[str, ...], challenge: str) -> str:
        """Return a code for what the wearer has just allowed."""
        code = f"code-{next(self._numbers)}"
        self._codes[code] = account, scopes, challenge
        return code

    def exchange(self, code: str, verifier: str, now: datetime) -> dict[str, Any] | None:
        """Return the answer to a code; None refuses it."""
        account, scopes, challenge = self._codes.pop(code)
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if digest.rstrip(b"=").decode() != challenge:
            return None
        if self.single_use:
            self.end(account)
        given = Given(account, scopes)
        self.given.append(given)
        return self._tokens(given, now)

    def refresh(self, token: str, now: datetime) -> dict[str, Any] | None:
        """Return the answer to a refresh token; None refuses it."""
        given = self.holding(token)
        return self._tokens(given, now) if given else None

    def holding(self, refresh: str | None) -> Given | None:
        """Return what a refresh token opens, if it is honoured."""
        alive = (given for given in self.given if given.alive)
        return next((given for given in alive if given.refresh == refresh), None)

    def opened_by(self, access: str, now: datetime) -> Given | None:
        """Return what an access token opens, if it is honoured."""
        alive = (given for given in self.given if given.alive)
        return next((given for given in alive if given.access.get(access, now) > now), None)

    def end(self, account: Account) -> None:
        """End all that *account* has given."""
        for given in self.given:
            if given.account is account:
                given.alive = False

    def revoke(self, token: str) -> bool:
        """End all of the account that this refresh or access token opens."""
        for given in self.given:
            if given.alive and (given.refresh == token or token in given.access):
                self.end(given.account)
                return True
        return False

    def forget_access(self, account: Account) -> None:
        """Honour no access token of *account* any more, before their time."""
        for given in self.given:
            if given.account is account:
                given.access.clear()

    def _tokens(self, given: Given, now: datetime) -> dict[str, Any]:
        number = next(self._numbers)
        access = f"access-{number}"
        lifetime = LIFETIME[self.provider]
        given.access = {**dict(list(given.access.items())[-3:]), access: now + lifetime}
        if self.single_use or not given.refresh:
            given.refresh = f"refresh-{number}"
        answer: dict[str, Any] = {
            "access_token": access,
            "expires_in": int(lifetime.total_seconds()),
            "scope": " ".join(given.scopes),
            "token_type": "Bearer",
            "refresh_token": given.refresh,
        }
        if self.single_use:
            answer["user_id"] = given.account.id
        return answer


def as_body(answer: dict[str, Any]) -> bytes:
    """Return an answer as a body; NaN as senders write it."""
    return json.dumps(answer).encode()
