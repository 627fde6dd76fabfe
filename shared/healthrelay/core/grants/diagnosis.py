"""The state of a person's connection: what the doctor says, and what to press."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from healthrelay.core.grants.grant_health import Trouble
from healthrelay.core.grants.token import Token

SOON = timedelta(days=3)
TESTING = timedelta(days=8)
"""Google ends the grants of an app whose consent screen is in Testing after seven days."""

NOT_CONNECTED = "not connected"
CONNECTED = "connected"
EXPIRING = "expiring soon"
PARTLY = "partly granted"
RECONNECT = "needs reconnect"
MISCONFIGURED = "misconfigured"
PROVIDER_DOWN = "provider down"

_STATE = {"wearer": RECONNECT, "owner": MISCONFIGURED}
_PRESS = {
    MISCONFIGURED: "Mend the setting or the console step that the cause names, then fetch.",
    PROVIDER_DOWN: "Nothing: it is tried again by itself.",
}


class Diagnosis(NamedTuple):
    """One person's state, with its cause, since when, and what to press."""

    state: str
    cause: str = ""
    """One sentence; empty when all is well."""
    since: datetime | None = None
    press: str = ""

    @property
    def well(self) -> bool:
        """Whether nobody need act now."""
        return self.state in (CONNECTED, PROVIDER_DOWN)

    def told(self) -> dict[str, str | None]:
        """For JSON."""
        since = self.since.isoformat() if self.since else None
        return {"state": self.state, "cause": self.cause, "since": since, "press": self.press}


def of_trouble(trouble: Trouble, link: str) -> Diagnosis:
    """What a *trouble* means; *link* is where the wearer connects."""
    state = _STATE.get(trouble.who, PROVIDER_DOWN)
    press = _PRESS.get(state, f"Connect again: {link}")
    return Diagnosis(state, trouble.sentence, trouble.since, press)


def diagnose(token: Token | None, missing: Sequence[str], link: str, now: datetime) -> Diagnosis:
    """The state of a stored *token*; *missing* names in plain words what was not allowed.

    The worst thing is told: an ended grant before a trouble, a trouble before what is merely
    not allowed, that before an end in sight.
    """
    if token is None:
        return Diagnosis(NOT_CONNECTED, "No consent was given yet.", None, f"Connect: {link}")
    health = token.health
    if health.ended_at and health.refreshing:
        ended = health.refreshing._replace(who="wearer", since=health.ended_at)
        return of_trouble(ended, link)
    if health.refreshing and health.refreshing.who == "wearer":
        # Refused once: asked again in a minute before anybody is troubled.
        return of_trouble(health.refreshing._replace(who="nobody"), link)
    if trouble := health.refreshing or health.reading:
        return of_trouble(trouble, link)
    since = token.connected_at
    if missing:
        said = f"Not allowed: {', '.join(missing)}."
        return Diagnosis(PARTLY, said, since, f"Connect again and tick it: {link}")
    return _ending(token, link, now) or Diagnosis(CONNECTED, since=since)


def _ending(token: Token, link: str, now: datetime) -> Diagnosis | None:
    ends, since = token.grant.refresh_expires_at, token.connected_at
    if ends is None:
        return None
    testing = since is not None and ends - since <= TESTING
    if ends - now > SOON and not testing:
        return None
    cause = f"The grant ends on {ends:%Y-%m-%d at %H:%M} UTC."
    press = f"Connect again before that: {link}"
    if testing:
        cause += " Google's consent screen is in Testing, where each grant lasts seven days."
        press += " To end this, publish the app in Google's console."
    return Diagnosis(EXPIRING, cause, since, press)
