"""Fitbit's errors."""

from __future__ import annotations

from flask import Response, jsonify, make_response


class ApiError(Exception):
    """An answer in Fitbit's error shape."""

    def __init__(self, code: int, kind: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.kind = kind
        self.field = field
        self.headers: dict[str, str] = {}

    def response(self) -> Response:
        """Return the error as it goes over the wire."""
        error = {"errorType": self.kind, "message": str(self)}
        if self.field:
            error["fieldName"] = self.field
        return make_response(jsonify(errors=[error], success=False), self.code, self.headers)


def invalid(field: str, message: str) -> ApiError:
    """400: a date or range that is not allowed."""
    return ApiError(400, "validation", message, field)


def not_found() -> ApiError:
    """404: no such path."""
    message = "The API you are requesting could not be found."
    return ApiError(404, "not_found", message)
