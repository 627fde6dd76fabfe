"""The door of every function: right method, sane size, errors told, one line in the log."""

from __future__ import annotations

import hmac
import time
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from flask import Request, Response

from healthrelay.core.errors import BadRequest, Bug, HealthrelayError, NotAllowed, TooLarge
from healthrelay.web import responses as errors
from healthrelay.web.services import Services

MAX_BODY = 16 * 1024
MAX_URL = 8 * 1024
TASK = "X-CloudTasks-TaskName"
"""Of a request that Cloud Tasks makes, and makes again unless the answer is 2xx."""

View = Callable[[Request, Services], Response]


def door(
    *methods: str, tell: Callable[[HealthrelayError], Response] = errors.as_json
) -> Callable[[View], View]:
    """Let only *methods* in, and *tell* a caller what went wrong."""

    def hang(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, services: Services) -> Response:
            started = time.monotonic()
            try:
                _check(request, methods)
                response = view(request, services)
                cause = None
            except HealthrelayError as error:
                response, cause = tell(error), f"{type(error).__name__}: {error.sentence}"
                if isinstance(error, errors.MethodNotAllowed):
                    response.headers["Allow"] = ", ".join(methods)
            except Exception as error:  # noqa: BLE001 - its text may hold a secret, so it ends here
                response, cause = tell(Bug()), _where(error)
            services.log_event(
                _severity(response.status_code),
                "request",
                user=_whom(request),
                status=response.status_code,
                milliseconds=round((time.monotonic() - started) * 1000),
                cause=cause,
            )
            return response

        return guarded

    return hang


def bearer(request: Request) -> str:
    """The key that came as ``Authorization: Bearer``, or nothing."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def same(one: str, other: str) -> bool:
    """Compare secrets in a time that tells nothing about them."""
    return hmac.compare_digest(one.encode(), other.encode())


def require_invoker(request: Request, services: Services) -> None:
    """Raises `NotAllowed` unless whoever calls may run this private function.

    Under the guard ``iam`` Cloud Run has checked the caller's identity token before the request
    came here, and cut off its signature, so that nothing is left for us to check
    (cloud.google.com/run/docs/authenticating/service-to-service). A request without any token
    still goes no further: where the platform does not ask for one, it was deployed open.
    """
    if services.guard == "iam":
        if not bearer(request):
            raise NotAllowed("Call with an identity token as Authorization: Bearer.")
    elif not same(bearer(request), services.owner_key):
        raise NotAllowed("The owner key is missing or wrong: send it as Authorization: Bearer.")


def arguments(request: Request) -> dict[str, str]:
    """Query and, of a POST, form or JSON object as one; each name at most once."""
    pairs = [*request.args.items(multi=True)]
    if request.method == "POST":
        pairs += request.form.items(multi=True)
    if request.method == "POST" and request.is_json:
        said = request.get_json(silent=True)
        if not isinstance(said, dict) or not all(isinstance(v, str) for v in said.values()):
            raise BadRequest("The JSON body must be one object whose values are texts.")
        pairs += said.items()
    named = dict(pairs)
    if len(named) != len(pairs):
        raise BadRequest("An argument was given twice.")
    return named


def _check(request: Request, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise errors.MethodNotAllowed(f"Use {' or '.join(methods)} here.")
    if "Transfer-Encoding" in request.headers:
        raise errors.LengthRequired("Send the body with its Content-Length.")
    if (request.content_length or 0) > MAX_BODY:
        raise TooLarge(f"The body is longer than {MAX_BODY} bytes.")
    if len(request.query_string) > MAX_URL:
        raise errors.AddressTooLong(f"The address is longer than {MAX_URL} bytes.")


def _whom(request: Request) -> str | None:
    """Whom it is about, lest a sentence name them to the log; no body is read that is too long."""
    if "Transfer-Encoding" in request.headers or (request.content_length or 0) > MAX_BODY:
        return request.args.get("user")
    return request.args.get("user") or request.form.get("user")


def _severity(status: int) -> str:
    if status < 500:
        return "INFO"
    return "WARNING" if status == 503 else "ERROR"


def _where(error: Exception) -> str:
    """The kind of *error* and its path through our code, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    steps = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-6:]))
    return f"{type(error).__name__} at {steps}"
