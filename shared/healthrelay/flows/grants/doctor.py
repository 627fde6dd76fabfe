"""How every person's connection is, why, since when, and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.core.errors import HealthrelayError, Unknown
from healthrelay.core.grants.diagnosis import diagnose, of_trouble
from healthrelay.core.measurements.query import configured_series

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.token import Token
    from healthrelay.core.trouble import Diagnosis
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.ports.store import Store


class Doctor:
    """A look at what is stored; no provider is called and nothing changes."""

    def __init__(self, store: Store, grants: Grants, consent: Consent) -> None:
        self._store = store
        self._grants = grants
        self._consent = consent

    def examine_all(self, now: datetime) -> dict[str, Diagnosis]:
        """Return everybody's diagnosis; trouble with one person's does not hide the others'."""
        return {user: self.examine(user, now) for user in self._store.identities.names()}

    def examine(self, user: str, now: datetime) -> Diagnosis:
        """Return the diagnosis of *user*. Raise `Unknown` for a stranger."""
        stored = self._store.identities.settings(user)
        if stored is None:
            raise Unknown(f"There is no user {user}.")
        if self._store.tokens.load(user) is None:
            return diagnose(None, (), _link(user), now)
        try:
            token = self._grants.stored(user)
        except HealthrelayError as error:
            return of_trouble(error.as_trouble(now), _link(user))
        return self.of(user, token, stored, now)

    def of(self, user: str, token: Token, stored: Mapping[str, str], now: datetime) -> Diagnosis:
        """Return the diagnosis of *user*, whose *token* and settings are at hand."""
        return diagnose(token, self._missing(token, stored), _link(user), now)

    def _missing(self, token: Token, stored: Mapping[str, str]) -> list[str]:
        """Return what the methods need and the consent does not give, in plain words."""
        scopes = self._consent.scopes_for(configured_series(stored))
        granted = token.grant.scopes
        return [self._consent.scopes[scope] for scope in scopes if scope not in granted]


def _link(user: str) -> str:
    return f"/auth1?user={user}"
