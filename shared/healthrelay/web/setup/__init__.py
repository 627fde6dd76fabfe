"""The household's page: everything below ``/setup``, rendered here, usable without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Request, Response, g

from healthrelay.core.errors import Bug, HealthrelayError
from healthrelay.web.endpoint import bearer, endpoint
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.router import respond
from healthrelay.web.setup.visit import Visit

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices


def view(request: Request, services: WebServices) -> Response:
    """Answer what the table of routes has for this address, with the headers of all pages."""
    g.visit = Visit(request, services)
    return _respond(request, services)


def _as_problem(error: HealthrelayError) -> Response:
    from healthrelay.web.setup.problems import render_problem  # noqa: PLC0415 - a page needs none

    visit: Visit = g.visit
    if (visit.script or bearer(visit.request)) and not isinstance(error, Problem):
        return visit.finish(_as_json(error))
    try:
        return visit.finish(render_problem(error, visit))
    except Exception as broken:  # noqa: BLE001 - what fails may be the question who is asking
        visit.forget_session()
        worse = error if isinstance(broken, HealthrelayError) else Bug()
        return visit.finish(render_problem(worse, visit))


def _as_json(error: HealthrelayError) -> Response:
    """Return *error* for a script; what it sent was refused before anything was changed."""
    from healthrelay.core.household.registration import ClientRefused  # noqa: PLC0415 - as above
    from healthrelay.web import responses  # noqa: PLC0415

    status = 422 if isinstance(error, ClientRefused) else responses.status(error)
    if status < 500 and not error.next_step:
        error.next_step = "Nothing was changed: correct it, and send it again."
    return responses.json_response(responses.facts(error), status, responses.headers(error))


@endpoint("GET", "HEAD", "POST", render_error=_as_problem)
def _respond(_request: Request, _services: WebServices) -> Response:
    visit: Visit = g.visit
    return visit.finish(respond(visit))
