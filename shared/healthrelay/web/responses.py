"""One table from errors to HTTP statuses, and answers as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.core import errors, gzip
from healthrelay.core.errors import BadRequest, HealthrelayError

if TYPE_CHECKING:
    from healthrelay.core.trouble import Trouble


class MethodNotAllowed(BadRequest):
    """The function does not take this HTTP method."""


class LengthRequired(BadRequest):
    """A body came without its length."""


class AddressTooLong(BadRequest):
    """The query is longer than any of ours."""


class BodyTooLate(BadRequest):
    """The body was held back."""


class UnreadBody(BadRequest):
    """A body came in a shape that is not read, and so may say something that would be lost."""


class InvitationNeeded(BadRequest):
    """This function opens no store, so that only an invitation knows the scopes."""


STATUSES: dict[type[HealthrelayError], int] = {
    HealthrelayError: 500,
    errors.Bug: 500,
    BadRequest: 400,
    errors.NotAllowed: 401,
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
    errors.WrongAccount: 409,
    errors.ReconnectNeeded: 502,
    errors.AccessRefused: 502,
    errors.Misconfigured: 502,
    errors.NotConfigured: 500,
    errors.Refused: 502,
    errors.OddData: 502,
    errors.TryLater: 503,
    errors.Unconfirmed: 503,
    errors.RateLimited: 429,
    errors.Conflict: 503,
    MethodNotAllowed: 405,
    LengthRequired: 411,
    AddressTooLong: 414,
    BodyTooLate: 408,
    UnreadBody: 415,
    InvitationNeeded: 409,
}


def status(error: HealthrelayError) -> int:
    """Return the HTTP status of *error*: that of its class, or of the nearest one above it."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def headers(error: HealthrelayError) -> dict[str, str]:
    """Return ``Retry-After`` where waiting helps, ``WWW-Authenticate`` where a key does."""
    if isinstance(error, errors.TryLater):
        return {"Retry-After": str(max(error.after, 1))}
    if status(error) == 401:
        return {"WWW-Authenticate": 'Bearer realm="healthrelay"'}
    return {}


def trouble_facts(trouble: Trouble) -> dict[str, object]:
    """Return *trouble* for JSON: a sentence, who must act, the cause in a word, what else helps."""
    members: dict[str, object] = {
        "error": trouble.sentence,
        "who": trouble.who,
        "cause": trouble.cause,
        "settings": list(trouble.settings),
        "next_step": trouble.next_step,
        "since": trouble.since.isoformat() if trouble.since else None,
    }
    return {name: value for name, value in members.items() if value}


def facts(error: HealthrelayError) -> dict[str, object]:
    """Return *error* for JSON, as `trouble_facts` does, and where to connect again."""
    members = trouble_facts(error.as_trouble())
    if isinstance(error, errors.ReconnectNeeded) and error.user:
        members["connect"] = f"/auth1?user={error.user}"
    if error.diagnosis:
        members["connection"] = error.diagnosis.as_json()
    return members


def as_json(error: HealthrelayError) -> Response:
    """Return *error* as an answer for programs."""
    return json_response(facts(error), status(error), headers(error))


def json_response(
    body: object, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Return *body* as an answer that no cache keeps."""
    usual = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Response(json.dumps(body), status, usual | (headers or {}))


def compress(request: Request, response: Response) -> Response:
    """Make *response* smaller for who can read that, and return it."""
    response.headers["Vary"] = "Accept-Encoding"
    body = response.get_data()
    if len(body) >= gzip.MIN_BYTES and takes_gzip(request):
        response.set_data(gzip.compress(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


def takes_gzip(request: Request) -> bool:
    return request.accept_encodings.quality("gzip") > 0
