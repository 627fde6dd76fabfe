"""``?health`` on any function: whether it is up, its settings complete, and its store there.

A public function answers anybody; the answer says nothing of any person. Not at ``/healthz``, which
the platform keeps for itself (cloud.google.com/run/docs/known-issues#ah). The answer has the
members and the media type of draft-inadarei-api-health-check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.core.errors import BadRequest, Bug, HealthrelayError
from healthrelay.core.runs import to_document
from healthrelay.flows.runs import require_recent
from healthrelay.web.endpoint import View, endpoint
from healthrelay.web.invoker import require_invoker
from healthrelay.web.responses import as_json, facts, headers, json_response, status

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices

_TYPE = {"Content-Type": "application/health+json"}


def healthcheck(name: str, *, public: bool, provider: bool, store: bool, runs: bool) -> View:
    """Return the view that says how the function *name* is: 200, or 503 and who must act.

    One that is not *public* answers only who may call it. It must be registered with a provider
    where it speaks to one, and its store must answer where it has one. Where *runs* matter to it,
    the answer has when everybody was last looked at, and that must not be too long ago.
    """

    @endpoint("GET", "HEAD", render_error=as_failure)
    def check(request: Request, services: WebServices) -> Response:
        if not public:
            require_invoker(request, services, name)
        if provider:
            _ = services.client
        if store:
            services.store.identities.application()
            services.store.require_writable()
        answer: dict[str, object] = {"status": "pass", "function": name}
        if runs and (times := require_recent(services.store.runs, services.now())):
            answer["runs"] = to_document(times)
        return json_response(answer, 200, _TYPE)

    return check


def as_failure(error: HealthrelayError) -> Response:
    """Return what is wrong, and who must act; to a caller who may not call, that alone."""
    if isinstance(error, BadRequest):
        return as_json(error)
    code = status(error) if isinstance(error, Bug) else 503
    return json_response({"status": "fail", **facts(error)}, code, headers(error) | _TYPE)
