"""One table from errors to HTTP, and the two ways to tell them: JSON and a page."""

from __future__ import annotations

import json
import zlib

from flask import Request, Response

from healthrelay.core.errors import (
    BadRequest,
    Conflict,
    HealthrelayError,
    Misconfigured,
    NotConfigured,
    RateLimited,
    ReconnectNeeded,
    Refused,
    TryLater,
)

MIN_COMPRESSED_BYTES = 500
_GZIP = 31
"""zlib's name for a stream with the header of gzip, which holds no time: equal bytes stay equal."""

STATUS: tuple[tuple[type[HealthrelayError], int], ...] = (
    (RateLimited, 429),
    (TryLater, 503),
    (Conflict, 503),
    (NotConfigured, 500),
    (ReconnectNeeded, 502),
    (Misconfigured, 502),
    (Refused, 502),
)


def status(error: HealthrelayError) -> int:
    """The HTTP status that *error* deserves."""
    if isinstance(error, BadRequest):
        return error.status
    return next(code for kind, code in STATUS if isinstance(error, kind))


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


def compress(request: Request, response: Response) -> Response:
    """Return *response*, made smaller for a client that can read that."""
    response.headers["Vary"] = "Accept-Encoding"
    body = response.get_data()
    if len(body) >= MIN_COMPRESSED_BYTES and request.accept_encodings.quality("gzip") > 0:
        packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
        response.set_data(packer.compress(body) + packer.flush())
        response.headers["Content-Encoding"] = "gzip"
    return response
