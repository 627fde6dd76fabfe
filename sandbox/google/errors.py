"""Google's errors: an HTTP code, a status, and details that carry the reason."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, make_response

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
}
_REALM = 'Bearer realm="https://accounts.google.com/"'


class ApiError(Exception):
    """An answer in Google's error shape."""

    def __init__(self, code: int, message: str, *details: dict[str, Any]) -> None:
        super().__init__(message)
        self.code = code
        self.details = details
        self.headers: dict[str, str] = {}

    def response(self) -> Response:
        """Return the error as it goes over the wire."""
        error: dict[str, Any] = {
            "code": self.code,
            "message": str(self),
            "status": _STATUS[self.code],
        }
        if self.details:
            error["details"] = list(self.details)
        return make_response(jsonify({"error": error}), self.code, self.headers)


def refused(reason: str, message: str, **metadata: str) -> ApiError:
    """400 with a machine-readable reason."""
    return ApiError(400, message, _info(reason, **metadata))


def unknown_field(name: str, where: str) -> ApiError:
    """400: the request has a member the method does not know."""
    message = f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'
    return invalid(name, message)


def invalid(field: str, message: str) -> ApiError:
    """400: the value of one field is not what it has to be."""
    violation = {"field": field, "description": message}
    details = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
    return ApiError(400, message, details)


def unauthenticated(reason: str, message: str) -> ApiError:
    """401: no credentials, or invalid ones."""
    error = ApiError(401, message, _info(reason))
    invalid = "" if reason == "CREDENTIALS_MISSING" else ', error="invalid_token"'
    error.headers["WWW-Authenticate"] = _REALM + invalid
    return error


def scope_insufficient() -> ApiError:
    """403: the wearer did not grant what this call needs."""
    info = _info("ACCESS_TOKEN_SCOPE_INSUFFICIENT")
    return ApiError(403, "Request had insufficient authentication scopes.", info)


def not_found(what: str) -> ApiError:
    """404: no such resource."""
    return ApiError(404, f"{what} was not found.", _info("NOT_FOUND"))


def rate_limited(wait: int | None) -> ApiError:
    """429, with Retry-After when *wait* is given."""
    error = ApiError(429, "Quota exceeded for quota metric.", _info("RATE_LIMIT_EXCEEDED"))
    if wait is not None:
        error.headers["Retry-After"] = str(wait)
    return error


def _info(reason: str, **metadata: str) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": "health.googleapis.com"} | metadata,
    }
