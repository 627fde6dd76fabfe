"""``/relay?user=jack&key=…``: what Igor polls. Public; measurements are only ever read here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.core.errors import BadRequest
from healthrelay.core.household.names import user_name
from healthrelay.flows.delivery.poll import Form, poll
from healthrelay.web.endpoint import arguments, bearer, endpoint, number
from healthrelay.web.responses import compress

if TYPE_CHECKING:
    from healthrelay.web.services import Services

MAX_DAYS = 36_500


def view(request: Request, services: Services) -> Response:
    """Below ``/relay``: ``events`` and ``ack`` are for programs, everything else is Igor's poll."""
    place = request.path.rstrip("/").rpartition("/")[2]
    if place in ("events", "ack"):
        from healthrelay.web import events  # noqa: PLC0415 - Igor's poll needs none of it

        return events.VIEWS[place](request, services)
    return _poll(request, services)


@endpoint("GET")
def _poll(request: Request, services: Services) -> Response:
    """Answer 200 with the last snapshot, else 401, 404 or 503: Igor counts those as failures."""
    said = arguments(request)
    user = user_name(said.get("user"))
    form = said.get("format", "json")
    if form not in ("json", "xml"):
        raise BadRequest("format is json or xml.")
    wanted = Form(
        days=number(said, "days", services.relay_days, range(1, MAX_DAYS + 1)),
        cursor=number(said, "cursor", 0, range(2)) == 1,
        xml=form == "xml",
    )
    body = poll(user, said.get("key") or bearer(request), services.store, wanted)
    response = Response(body, 200, {"Cache-Control": "no-store"}, mimetype=f"application/{form}")
    return compress(request, response)
