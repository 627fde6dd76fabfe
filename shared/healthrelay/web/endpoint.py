"""The endpoint of every function: right method, sane size, one answer, one line in the log."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from flask import Request, Response, g

from healthrelay.core.code_path import code_path
from healthrelay.core.errors import Bug, HealthrelayError, TooLarge
from healthrelay.web import responses
from healthrelay.web.arguments import arguments_read
from healthrelay.web.body import drop_unread_body, limit_answer

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices

MAX_BODY_BYTES = 16 * 1024
MAX_QUERY_BYTES = 8 * 1024
TASK = "X-CloudTasks-TaskName"
"""Of a request that Cloud Tasks makes, and makes again unless the answer is 2xx."""

_HTTPS_ONLY = "max-age=31536000"
"""For a year browsers ask this host over https alone (RFC 6797)."""
View = Callable[[Request, "WebServices"], Response]
RenderError = Callable[[HealthrelayError], Response]


def endpoint(
    *methods: str, render_error: RenderError = responses.as_json
) -> Callable[[View], View]:
    """Decorate a view that takes only *methods*, and whose errors *render_error* answers.

    ``HEAD`` stands beside ``GET`` where that has no effect (RFC 9110, 9.1).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: Request, services: WebServices) -> Response:
            started = time.monotonic()
            try:
                _check_request(request, methods)
                response, cause = view(request, services), None
            except HealthrelayError as error:
                response, cause = render_error(error), f"{type(error).__name__}: {error.sentence}"
                if isinstance(error, responses.MethodNotAllowed):
                    response.headers["Allow"] = ", ".join(methods)
            except Exception as error:  # noqa: BLE001 - its text may hold a secret, so it ends here
                response, cause = render_error(Bug()), code_path(error)
            drop_unread_body(request)
            limit_answer(request)
            if services.public_url.startswith("https://"):
                response.headers["Strict-Transport-Security"] = _HTTPS_ONLY
            services.log_event(
                _severity(response),
                "request",
                status=response.status_code,
                milliseconds=round((time.monotonic() - started) * 1000),
                cause=cause,
                **_subject(request),
            )
            return response

        return wrapper

    return decorate


def _severity(response: Response) -> str:
    status = response.status_code
    return "INFO" if status < 500 else "WARNING" if status == 503 else "ERROR"


def bearer(request: Request) -> str:
    """Return the key that came as ``Authorization: Bearer``, or nothing."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def secrets_equal(one: str, other: str) -> bool:
    """Compare secrets in a time that says nothing about them."""
    return hmac.compare_digest(one.encode(), other.encode())


def _check_request(request: Request, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise responses.MethodNotAllowed(f"Use {' or '.join(methods)} here.")
    if "Transfer-Encoding" in request.headers:
        raise responses.LengthRequired("Send the body with its Content-Length.")
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise TooLarge(f"The body is longer than {MAX_BODY_BYTES} bytes.")
    if len(request.query_string) > MAX_QUERY_BYTES:
        raise responses.AddressTooLong(f"The address is longer than {MAX_QUERY_BYTES} bytes.")


def _subject(request: Request) -> dict[str, str | None]:
    """Return whom it is about, to keep the name out of the log, and the case word of a page.

    Nothing is read for it.
    """
    user = g.get("user") or request.args.get("user") or dict(arguments_read(request)).get("user")
    return {"user": user, "case": g.get("case")}
