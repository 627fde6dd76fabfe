"""One table from errors to HTTP, and the two ways to tell them: JSON and a page."""

from __future__ import annotations

import json

from flask import Response

from healthrelay.core import errors
from healthrelay.core.errors import (
    BadRequest,
    HealthrelayError,
    Misconfigured,
    NotAllowed,
    ReconnectNeeded,
    TryLater,
)


class MethodNotAllowed(BadRequest):
    """The function does not take this HTTP method."""


class LengthRequired(BadRequest):
    """A body came without its length."""


class AddressTooLong(BadRequest):
    """The query is longer than any of ours."""


class InvitationNeeded(BadRequest):
    """This function opens no store, so that only an invitation says what to ask a person for."""


STATUSES: dict[type[HealthrelayError], int] = {
    HealthrelayError: 500,
    errors.Bug: 500,
    BadRequest: 400,
    NotAllowed: 401,
    errors.Forbidden: 403,
    errors.Expired: 403,
    errors.Unknown: 404,
    errors.Unsupported: 422,
    errors.Duplicate: 409,
    errors.LimitReached: 409,
    errors.TooLarge: 413,
    errors.ConsentEnded: 400,
    errors.ConsentUsed: 409,
    errors.ConsentDenied: 403,
    errors.ConsentFailed: 502,
    ReconnectNeeded: 502,
    errors.AccessRefused: 502,
    Misconfigured: 502,
    errors.NotConfigured: 500,
    errors.Refused: 502,
    TryLater: 503,
    errors.RateLimited: 429,
    errors.Conflict: 503,
    MethodNotAllowed: 405,
    LengthRequired: 411,
    AddressTooLong: 414,
    InvitationNeeded: 409,
}


def status(error: HealthrelayError) -> int:
    """Return the HTTP status of *error*: that of its class, or of the nearest one above it."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def headers(error: HealthrelayError) -> dict[str, str]:
    """``Retry-After`` where waiting helps, ``WWW-Authenticate`` where a key does."""
    if isinstance(error, TryLater):
        return {"Retry-After": str(max(error.after, 1))}
    if status(error) == 401:
        return {"WWW-Authenticate": 'Bearer realm="healthrelay"'}
    return {}


def facts(error: HealthrelayError) -> dict[str, object]:
    """The error as JSON tells it: a sentence, who must act, the cause in a word, settings."""
    told: dict[str, object] = {"error": error.sentence, "who": error.who, "cause": error.cause}
    if isinstance(error, Misconfigured) and error.names:
        told["settings"] = list(error.names)
    if isinstance(error, ReconnectNeeded) and error.user:
        told["connect"] = f"/auth1?user={error.user}"
    if error.diagnosis:
        told["connection"] = error.diagnosis.told()
    return told


def as_json(error: HealthrelayError) -> Response:
    """For programs."""
    return json_response(facts(error), status(error), headers(error))


def json_response(
    body: object, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """An answer that no cache keeps."""
    return Response(
        json.dumps(body),
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        mimetype="application/json",
    )
