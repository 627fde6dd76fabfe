"""What an error of Google Health means, by who must act.

Messages change; status and reason do not (https://developers.google.com/health/troubleshooting).
"""

from typing import Any

from healthrelay.adapters.http import Answer
from healthrelay.core import errors

_SCOPE_MISSING = ("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficient_scope")
"""Google's own reason, and that of OAuth (RFC 6750, section 3.1)."""
_NOT_MOVED = "Could not mint UberMint from GaiaMint"


def trouble(answer: Answer, what: str) -> errors.HealthrelayError:
    """Return the error for any *answer* that is not a good one to the question *what*."""
    status = answer.status
    reason, message = _reason_and_message(answer.json())
    if status == 401:
        return errors.AccessRefused("Google Health refuses the access token.")
    if status == 429:
        return errors.RateLimited("Google Health asks for a pause.", answer.wait(60))
    if status == 400 and reason == "ACCOUNT_NOT_LINKED":
        sentence = "This Google account has no Fitbit data: connect the right one."
        return errors.ReconnectNeeded(sentence).with_cause("account_not_linked")
    if status == 403:
        return _forbidden_error(reason, message, what)
    if status in (400, 404):
        sentence = f"Google Health does not understand the question ({reason or status})"
        return errors.Refused(what, sentence)
    if status == 410:
        sentence = "This Google Health API has been switched off."
        return errors.Misconfigured(sentence).with_cause("gone")
    return errors.TryLater(f"Google Health has trouble (status {status}).", answer.wait(60))


def _forbidden_error(reason: str, message: str, what: str) -> errors.HealthrelayError:
    if reason in _SCOPE_MISSING:
        sentence = f"The consent does not cover {what}: connect again and allow it."
        return errors.ReconnectNeeded(sentence).with_cause("scope_missing")
    if reason in ("SERVICE_DISABLED", "USER_PROJECT_DENIED"):
        sentence = f"Enable the Google Health API for the project ({reason})."
        return errors.Misconfigured(sentence).with_cause("service_disabled")
    if _NOT_MOVED in message:
        sentence = "This Fitbit account must first be moved to a Google account."
        return errors.ReconnectNeeded(sentence).with_cause("legacy_account")
    # Seen to hit many people at once and to pass: the grant is still good.
    sentence = f"Google Health forbids {what} for now ({reason or 'no reason'})."
    return errors.TryLater(sentence, 3600).with_cause("forbidden_for_now")


def _reason_and_message(body: Any) -> tuple[str, str]:
    """Return the reason and message of an error body, Google's or OAuth's; empty for any other."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return _clean(error), ""
    if not isinstance(error, dict):
        return "", ""
    details = error.get("details")
    details = details if isinstance(details, list) else []
    reasons = [detail.get("reason") for detail in details if isinstance(detail, dict)]
    reason = next((r for r in reasons if isinstance(r, str) and r), "")
    return _clean(reason), str(error.get("message", ""))


def _clean(reason: str) -> str:
    """Return *reason* where it is one word, for a sentence of ours."""
    return reason[:60] if reason.replace("_", "").isalnum() else ""
