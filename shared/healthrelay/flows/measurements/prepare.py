"""From what a caller said to a plan, with the reasons for what cannot be in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import HealthrelayError, ReconnectNeeded, Unknown, Unsupported
from healthrelay.core.measurements.days import today
from healthrelay.core.measurements.plan import Plan, plan
from healthrelay.core.measurements.query import windows

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.token import Token
    from healthrelay.core.measurements.coverage import Coverage
    from healthrelay.core.measurements.records import Window
    from healthrelay.ports.peers import Provider
    from healthrelay.ports.store import Store


class Wish(NamedTuple):
    """What is asked for one person: the caller's words, the stored settings, what is known."""

    user: str
    query: Mapping[str, str]
    stored: Mapping[str, str]
    covered: Coverage

    def windows(self, now: datetime, zone: str | None = None) -> list[Window]:
        """The wanted windows on the day it is for somebody in *zone*."""
        day = today(now, self.stored.get("timezone") or zone)
        return windows(self.query, self.stored, day, self.covered)

    def configured(self, now: datetime) -> set[str]:
        """The series of the stored settings: those that a consent is asked for."""
        return {window.series for window in windows({}, self.stored, now.date(), {})}


def wish(user: str, query: Mapping[str, str], store: Store, now: datetime) -> Wish:
    """Raises `Unknown` for a stranger and `BadRequest` for words that no plan can be made of."""
    stored = store.identities.settings(user)
    if stored is None:
        raise Unknown(f"There is no user {user}.")
    wanted = Wish(user, query, stored, store.records.coverage(user))
    wanted.windows(now)
    return wanted


def prepare(
    wanted: Wish, token: Token, provider: Provider, consent: Consent, now: datetime
) -> tuple[Plan, dict[str, HealthrelayError]]:
    """The plan for what provider and consent allow, and why not the other series."""
    configured = wanted.configured(now)
    kept: list[Window] = []
    refused: dict[str, HealthrelayError] = {}
    for window in wanted.windows(now, token.account.zone):
        missing = consent.missing(window.series, token.grant.scopes)
        try:
            provider.needs(window)
        except Unsupported as error:
            refused[window.series] = error
        else:
            if missing:
                refused[window.series] = _withheld(missing, window.series in configured)
            else:
                kept.append(window)
    return plan(kept, provider.needs, wanted.covered), refused


def _withheld(missing: str, asked_for: bool) -> HealthrelayError:
    """Whoever connects is asked for what their settings need, and for nothing else."""
    first = "" if asked_for else "add the method to the person's settings, "
    return ReconnectNeeded(
        f"The consent does not cover {missing}: {first}connect again and allow it."
    ).named("scope_missing")
