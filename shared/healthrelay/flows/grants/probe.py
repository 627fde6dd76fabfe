"""Ask a real account what stands open about its provider: nothing is stored but a refresh."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.core.errors import HealthrelayError, Misconfigured, TryLater, Unconfirmed
from healthrelay.core.grants.probe import Finding, OpenQuestion, Report, Verdict, finding
from healthrelay.core.grants.probe_token import TokenPair, token_questions
from healthrelay.core.measurements.days import today
from healthrelay.core.measurements.query import configured_series
from healthrelay.flows.require import require_connectable

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.token import Token
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.ports.peers import Provider
    from healthrelay.ports.store import Identities


def probe(
    user: str,
    now: datetime,
    *,
    identities: Identities,
    grants: Grants,
    provider: Provider,
    consent: Consent,
) -> Report:
    """Return what the account of *user* says of each assumption; one that fails spoils no other.

    Raise `ReconnectNeeded`, and `Unconfirmed` where a fetch must first ask whose account it is.
    """
    settings = require_connectable(user, identities)
    before = grants.load(user)
    if before.awaits_identity:
        raise Unconfirmed(f"Whose account {user} chose is not known yet: fetch first.")
    token = _refresh(user, before, now, grants)
    asked_for = consent.scopes_for(configured_series(settings))
    day = today(now, settings.get("timezone") or token.account.zone)
    asked = (
        *token_questions(TokenPair(before, token, asked_for, now), consent),
        *provider.probe(token.grant.access, day),
    )
    return Report(provider.name, tuple(map(_answer, asked)))


def _refresh(user: str, token: Token, now: datetime, grants: Grants) -> Token:
    """Return the token after a refresh; the same one where that must wait and it still works."""
    try:
        return grants.renew(user, token, now)
    except (TryLater, Misconfigured):
        if token.is_usable(now):
            return token
        raise


def _answer(question: OpenQuestion) -> Finding:
    try:
        return finding(question, question.ask())
    except HealthrelayError as error:
        return finding(question, Verdict(None, (f"no answer ({error.cause})",)))
