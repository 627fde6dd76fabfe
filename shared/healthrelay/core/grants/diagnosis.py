"""The state of a person's connection, and the next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from healthrelay.core.errors import OddData
from healthrelay.core.grants.token import Token
from healthrelay.core.trouble import Diagnosis, Trouble, odd_sentence

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent

SOON = timedelta(days=3)
TESTING = timedelta(days=8)
"""Google ends the grants of an app whose consent screen is in Testing after seven days."""

NOT_CONNECTED = "not connected"
KEPT = "kept"
"""Nothing is read for them: they keep what an earlier account of somebody measured."""
CONNECTED = "connected"
EXPIRING = "expiring soon"
PARTLY = "partly granted"
RECONNECT = "needs reconnect"
UNCONFIRMED = "unconfirmed"
MISCONFIGURED = "misconfigured"
PROVIDER_DOWN = "provider down"

_STATE = {"wearer": RECONNECT, "owner": MISCONFIGURED}
_ASKED_AGAIN = "Nothing: the next fetch asks again."
_NEXT_STEP = {
    MISCONFIGURED: "Fix the setting or the console step that the cause names, then fetch.",
    PROVIDER_DOWN: "Nothing: it is tried again by itself.",
}


def connect_link(user: str) -> str:
    """Return where *user* connects, below our public URL."""
    return f"/auth1?user={user}"


def of_trouble(trouble: Trouble, link: str) -> Diagnosis:
    """Return what a *trouble* means; *link* is where the wearer connects."""
    state = _STATE.get(trouble.who, PROVIDER_DOWN)
    next_step = _NEXT_STEP.get(state, f"Connect again: {link}")
    return Diagnosis(state, trouble.since, trouble._replace(next_step=next_step))


def diagnose_token(
    user: str, token: Token, series: Iterable[str], consent: Consent, now: datetime
) -> Diagnosis:
    """Return the diagnosis of *user*, whose *token* should give the *series*."""
    scopes = consent.scopes_for(series)
    missing = [consent.scopes[scope] for scope in scopes if scope not in token.grant.scopes]
    return diagnose(token, missing, connect_link(user), now)


def diagnose(token: Token | None, missing: Sequence[str], link: str, now: datetime) -> Diagnosis:
    """Return the state of a stored *token*; *missing* names in plain words what was not allowed.

    The worst comes first: an ended grant before a trouble, a trouble before what is merely not
    allowed, that before an end in sight. What could not be read stands beside it.
    """
    if token is None:
        return _wearer_must(NOT_CONNECTED, "No consent was given yet.", f"Connect: {link}", None)
    diagnosis = _diagnose_token(token, missing, link, now)
    if not token.health.odd:
        return diagnosis
    sentence = odd_sentence(token.health.odd)
    return diagnosis._replace(
        odd=Trouble(OddData.cause, OddData.who, sentence, next_step=OddData.next_step)
    )


def _diagnose_token(token: Token, missing: Sequence[str], link: str, now: datetime) -> Diagnosis:
    health = token.health
    if health.ended_at and health.refreshing:
        ended = health.refreshing._replace(who="wearer", since=health.ended_at)
        return of_trouble(ended, link)
    if health.refreshing and health.refreshing.who == "wearer":
        # Refused once: it is tried again in a minute before anybody is troubled.
        return of_trouble(health.refreshing._replace(who="nobody"), link)
    if trouble := health.refreshing or health.reading:
        return of_trouble(trouble, link)
    since = token.connected_at
    if not token.account.id:
        sentence = "Whose account was chosen is not known yet, so that nothing is read."
        trouble = Trouble(UNCONFIRMED, "nobody", sentence, since, next_step=_ASKED_AGAIN)
        return Diagnosis(UNCONFIRMED, since, trouble)
    if missing:
        sentence = f"Not allowed: {', '.join(missing)}."
        return _wearer_must(PARTLY, sentence, f"Connect again and tick it: {link}", since)
    return _ending(token, link, now) or Diagnosis(CONNECTED, since)


def _ending(token: Token, link: str, now: datetime) -> Diagnosis | None:
    ends, since = token.grant.refresh_expires_at, token.connected_at
    if ends is None:
        return None
    testing = since is not None and ends - since <= TESTING
    if ends - now > SOON and not testing:
        return None
    sentence = f"The grant ends on {ends:%Y-%m-%d at %H:%M} UTC."
    next_step = f"Connect again before that: {link}"
    if testing:
        sentence += " Google's consent screen is in Testing, where each grant lasts seven days."
        next_step += " To end this, publish the app in Google's console."
    return _wearer_must(EXPIRING, sentence, next_step, since)


def _wearer_must(state: str, sentence: str, next_step: str, since: datetime | None) -> Diagnosis:
    trouble = Trouble(state.replace(" ", "_"), "wearer", sentence, since, next_step=next_step)
    return Diagnosis(state, since, trouble)
