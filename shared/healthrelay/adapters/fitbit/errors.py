"""What an error of the Fitbit Web API means, by who must act.

Its last year brought three shapes of error: Fitbit's ``{"errors": [...]}``, Google's
``{"error": {...}}``, and web pages; since 2 November 2026 it answers 410 to everything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from healthrelay.adapters.http import Answer
from healthrelay.core.errors import (
    AccessRefused,
    HealthrelayError,
    Misconfigured,
    RateLimited,
    ReconnectNeeded,
    Refused,
    TryLater,
)

HOUR_SECONDS = 3600


def trouble(status: int, headers: Mapping[str, str], body: bytes) -> HealthrelayError:
    """Return the error for an answer of *status*."""
    answer = Answer(status, {name.lower(): value for name, value in headers.items()}, body)
    if status == 410:
        return Misconfigured(
            "The Fitbit Web API has been switched off: choose google_health and connect again.",
            ("HEALTHRELAY_PROVIDER",),
        ).named("gone")
    if status == 429:
        # Retry-After came only at times; the quota's own header tells when the hour is over.
        reset = answer.headers.get("fitbit-rate-limit-reset", "")
        wait = answer.wait(int(reset) if reset.isdecimal() else HOUR_SECONDS)
        return RateLimited("Fitbit asks for a pause.", wait)
    if status == 401:
        return AccessRefused("Fitbit refuses the access token.")
    if status == 403:
        return ReconnectNeeded(
            "The consent does not cover this: connect again and allow it."
        ).named("scope_missing")
    if 400 <= status < 500:
        return Refused("Fitbit", f"does not understand the question ({_error_type(body)})")
    return TryLater(f"Fitbit has trouble (status {status}).", answer.wait(60))


def _error_type(body: bytes) -> str:
    try:
        kind = str(json.loads(body)["errors"][0]["errorType"])
    except (ValueError, LookupError, TypeError):
        return "no reason given"
    return kind if kind.isidentifier() else "no reason given"
