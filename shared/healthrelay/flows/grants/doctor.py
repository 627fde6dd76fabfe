"""How every person's connection is, why, since when, and the next step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.core.errors import HealthrelayError
from healthrelay.core.grants.diagnosis import diagnose, of_trouble
from healthrelay.core.measurements.query import configured_series
from healthrelay.flows.require import require_settings

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.token import Token
    from healthrelay.core.trouble import Diagnosis
    from healthrelay.ports.store import Store


def examine(
    user: str, store: Store, load: Callable[[str], Token], consent: Consent, now: datetime
) -> Diagnosis:
    """Return the diagnosis of *user*, from what is stored alone. Raise `Unknown` for a stranger.

    *load* returns the token of a person, or raises why it does not open.
    """
    settings = require_settings(user, store.identities)
    if store.tokens.load(user) is None:
        return diagnose(None, (), _link(user), now)
    try:
        token = load(user)
    except HealthrelayError as error:
        return of_trouble(error.as_trouble(now), _link(user))
    return diagnose_token(user, token, settings, consent, now)


def diagnose_token(
    user: str, token: Token, settings: Mapping[str, str], consent: Consent, now: datetime
) -> Diagnosis:
    """Return the diagnosis of *user*, whose *token* and *settings* are at hand."""
    scopes = consent.scopes_for(configured_series(settings))
    missing = [consent.scopes[scope] for scope in scopes if scope not in token.grant.scopes]
    return diagnose(token, missing, _link(user), now)


def _link(user: str) -> str:
    return f"/auth1?user={user}"
