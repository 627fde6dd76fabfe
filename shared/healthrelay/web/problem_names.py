"""Which failure of the page an error is: by its cause, or by its class and the nearest above it."""

from __future__ import annotations

import secrets

from healthrelay.core import errors
from healthrelay.core.damage import Damaged, Unusable
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.grants.invitation import InvitationEnded
from healthrelay.web import responses

_LETTERS = "23456789ACDEFGHJKLMNPQRTUVWXYZ"
"""Of a case word: none that is taken for another when it is read out."""
BY_CAUSE = {
    "link_cut": "link-cut",
    "too_slow": "too-slow",
    "another_browser": "begun-elsewhere",
    "nothing_ticked": "nothing-ticked",
    "account_taken": "taken-account",
    "account_not_linked": "no-measurements",
    "legacy_account": "no-measurements",
    "client_refused": "client-refused",
    "invalid_client": "client-refused",
    "unauthorized_client": "client-refused",
}
BY_CLASS: dict[type[HealthrelayError], str] = {
    HealthrelayError: "defect",
    errors.BadRequest: "trouble",
    errors.Expired: "link-used",
    InvitationEnded: "link-ended",
    errors.Unknown: "nobody",
    errors.ConsentEnded: "start-over",
    errors.ConsentUsed: "answer-used",
    errors.ConsentDenied: "not-given",
    errors.ConsentFailed: "not-asked",
    errors.WrongAccount: "other-account",
    errors.ReconnectNeeded: "not-connected",
    errors.Misconfigured: "owner",
    Damaged: "store",
    Unusable: "store",
    errors.Refused: "owner",
    errors.TryLater: "google-down",
    errors.RateLimited: "wait",
    errors.Conflict: "meanwhile",
    responses.MethodNotAllowed: "no-page",
    responses.InvitationNeeded: "owner",
}


def problem_name(error: HealthrelayError) -> str:
    """Return the name of the failure in the page's table."""
    if error.cause in BY_CAUSE:
        return BY_CAUSE[error.cause]
    return next(BY_CLASS[kind] for kind in type(error).__mro__ if kind in BY_CLASS)


def case_word() -> str:
    """Return a word that stands on the page and in the log."""
    return "".join(secrets.choice(_LETTERS) for _ in range(4))
