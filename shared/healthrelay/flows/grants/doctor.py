"""How every person's connection is, why, since when, and the next step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.core.errors import HealthrelayError, Unknown
from healthrelay.core.grants.diagnosis import diagnose, of_trouble
from healthrelay.core.measurements.query import configured_series

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.token import Token
    from healthrelay.core.trouble import Diagnosis
    from healthrelay.ports.store import Store


class Doctor:
    """A look at what is stored; no provider is called and nothing changes."""

    def __init__(self, store: Store, stored: Callable[[str], Token], consent: Consent) -> None:
        """Take *stored*, which returns the token of a person, or raises why it does not open."""
        self._store = store
        self._stored = stored
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
            token = self._stored(user)
        except HealthrelayError as error:
            return of_trouble(error.as_trouble(now), _link(user))
        return diagnose_token(user, token, stored, self._consent, now)


def diagnose_token(
    user: str, token: Token, settings: Mapping[str, str], consent: Consent, now: datetime
) -> Diagnosis:
    """Return the diagnosis of *user*, whose *token* and *settings* are at hand."""
    scopes = consent.scopes_for(configured_series(settings))
    missing = [consent.scopes[scope] for scope in scopes if scope not in token.grant.scopes]
    return diagnose(token, missing, _link(user), now)


def _link(user: str) -> str:
    return f"/auth1?user={user}"
