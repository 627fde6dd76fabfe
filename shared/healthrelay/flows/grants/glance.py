"""A look at what a new consent gives, for the wearer to say "that is me"."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING

from healthrelay.core.defect import isolate, log_cause
from healthrelay.core.errors import Bug, HealthrelayError
from healthrelay.core.grants.glance import IN_WORDS, SERIES_OF, Glance
from healthrelay.core.measurements.days import today

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.glance import Seen
    from healthrelay.core.grants.token import Token
    from healthrelay.ports.peers import LogEvent, Provider

GLANCE_TIMEOUT_SECONDS = 2.0


def glance(
    provider: Provider,
    token: Token,
    consent: Consent,
    now: datetime,
    system: str,
    *,
    log_event: LogEvent,
) -> Glance:
    """Return what was allowed and can be read within two seconds, without anything that fails.

    *system* is the unit system of its words. A defect is logged: the consent is stored, and the
    page does without.
    """
    parts: dict[str, str] = {}

    def ask(name: str, question: Callable[[], Seen | None]) -> None:
        words = isolate(_in_words, name, question, system)
        if isinstance(words, Bug):
            log_event("ERROR", "glance", cause=log_cause(words))
        elif isinstance(words, str):
            parts[name] = words

    try:
        questions = provider.glance(token.grant.access, today(now, token.account.zone))
    except HealthrelayError:
        return Glance()
    # As daemons: neither the page nor the end of the process waits for a slow answer.
    threads = [
        Thread(target=ask, args=each, daemon=True)
        for each in questions.items()
        if not consent.missing(SERIES_OF[each[0]], token.grant.scopes)
    ]
    until = time.monotonic() + GLANCE_TIMEOUT_SECONDS
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0))
    return Glance(**dict(parts))


def _in_words(name: str, question: Callable[[], Seen | None], system: str) -> str | None:
    seen = question()
    return IN_WORDS[name](seen, system) if seen else None
