"""What an error of the Fitbit Web API means, by who must act.

Its last year brought three shapes of error: Fitbit's ``{"errors": [...]}``, Google's
``{"error": {...}}``, and web pages; since 2 November 2026 it answers 410 to everything.
"""

from healthrelay.adapters.http import Answer
from healthrelay.core import errors
from healthrelay.core.json_body import parse_json
from healthrelay.core.numbers import whole_number

HOUR_SECONDS = 3600


def trouble(answer: Answer) -> errors.HealthrelayError:
    status = answer.status
    if status == 410:
        sentence = (
            "The Fitbit Web API has been switched off: choose google_health and connect again."
        )
        return errors.Misconfigured(sentence, ("HEALTHRELAY_PROVIDER",)).with_cause("gone")
    if status == 429:
        # Retry-After came only at times; the quota's own header says when the hour is over.
        reset = answer.headers.get("fitbit-rate-limit-reset", "")
        seconds = whole_number(reset)
        wait = answer.wait(HOUR_SECONDS if seconds is None else seconds)
        return errors.RateLimited("Fitbit asks for a pause.", wait)
    if status == 401:
        return errors.AccessRefused("Fitbit refuses the access token.")
    if status == 403:
        sentence = "The consent does not cover this: connect again and allow it."
        return errors.ReconnectNeeded(sentence).with_cause("scope_missing")
    if 400 <= status < 500:
        return errors.Refused(
            "Fitbit", f"does not understand the question ({_error_type(answer.body)})"
        )
    return errors.TryLater(f"Fitbit has trouble (status {status}).", answer.wait(60))


def _error_type(body: bytes) -> str:
    try:
        kind = str(parse_json(body)["errors"][0]["errorType"])
    except (LookupError, TypeError):
        kind = ""
    return kind if kind.isidentifier() else "no reason given"
