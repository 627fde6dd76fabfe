"""A look at what a new consent gives, for the wearer to say "that is me"."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from threading import Thread
from typing import TYPE_CHECKING

from healthrelay.core.defect import isolate, log_cause
from healthrelay.core.errors import Bug, HealthrelayError
from healthrelay.core.grants.glance import SERIES_OF, Seen
from healthrelay.core.json import ODD
from healthrelay.core.measurements import units
from healthrelay.core.measurements.days import today

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.token import Token
    from healthrelay.ports.peers import LogEvent, Provider

GLANCE_TIMEOUT_SECONDS = 2.0


def glance(
    provider: Provider, token: Token, consent: Consent, now: datetime, *, log_event: LogEvent
) -> dict[str, Seen]:
    """Return what was allowed and can be read within two seconds, without anything that fails.

    An odd answer or a defect is logged: the consent is stored, and the page does without.
    """
    parts: dict[str, Seen] = {}

    def ask(name: str, question: Callable[[], Seen | None]) -> None:
        seen = isolate(_checked, question)
        if isinstance(seen, Bug):
            severity, cause = _in_log(name, seen)
            log_event(severity, "glance", cause=cause)
        elif seen and not isinstance(seen, HealthrelayError):
            parts[name] = seen

    try:
        questions = provider.glance(token.grant.access, today(now, token.account.zone))
    except HealthrelayError:
        return {}
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
    return dict(parts)


def _in_log(name: str, bug: Bug) -> tuple[str, str]:
    """Return the severity and the cause of what kept the part *name* from the page."""
    if isinstance(bug.__cause__, ODD):
        return "WARNING", f"the answer about {name} cannot be read"
    return "ERROR", log_cause(bug)


def _checked(question: Callable[[], Seen | None]) -> Seen | None:
    """Return what was seen, as a number and a day; raise what an odd answer raises."""
    seen = question()
    if not seen:
        return None
    day = date.fromisoformat(seen.day[:10])
    return Seen(units.exact(seen.amount), day.isoformat())
