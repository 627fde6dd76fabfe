"""How every person's connection is, why, since when, and the next step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.core.errors import HealthrelayError
from healthrelay.core.grants.diagnosis import (
    KEPT,
    connect_link,
    diagnose,
    diagnose_token,
    of_trouble,
)
from healthrelay.core.household.settings import KEPT_FROM
from healthrelay.core.measurements.query import configured_series
from healthrelay.core.trouble import Diagnosis
from healthrelay.flows.require import require_settings

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.token import Token
    from healthrelay.ports.store import Store


def examine(
    user: str, store: Store, load: Callable[[str], Token], consent: Consent, now: datetime
) -> Diagnosis:
    """Return the diagnosis of *user*, from what is stored alone. Raise `Unknown` for a stranger.

    *load* returns the token of a person, or raises why it does not open.
    """
    settings = require_settings(user, store.identities)
    if KEPT_FROM in settings:
        return Diagnosis(KEPT)
    if store.tokens.load(user) is None:
        return diagnose(None, (), connect_link(user), now)
    try:
        token = load(user)
    except HealthrelayError as error:
        return of_trouble(error.as_trouble(now), connect_link(user))
    return diagnose_token(user, token, configured_series(settings), consent, now)
