"""``/relay?user=jack&key=…``: what Igor polls. Public; measurements are only ever read here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.core.errors import BadRequest
from healthrelay.core.igor_json import user_name
from healthrelay.flows.delivery.poll import poll
from healthrelay.flows.delivery.snapshots import Form
from healthrelay.web.arguments import arguments, number
from healthrelay.web.endpoint import bearer, endpoint
from healthrelay.web.responses import takes_gzip

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices

MAX_DAYS = 36_500


def view(request: Request, services: WebServices) -> Response:
    """Answer programs at ``ack`` below ``/relay``, and Igor's poll elsewhere.

    What changed is told by a function of its own, at ``/events``.
    """
    name = request.path.rstrip("/").rpartition("/")[2]
    if name == "ack":
        from healthrelay.web.ack import ack  # noqa: PLC0415 - Igor's poll needs none of it

        return ack(request, services)
    return (_lead_to_events if name == "events" else _poll_view)(request, services)


@endpoint("GET", "HEAD")
def _lead_to_events(request: Request, _services: WebServices) -> Response:
    """Return 308 to the function beside us: on a shared host a path begins with its name."""
    query = request.query_string.decode("latin-1")
    location = f"/events?{query}" if query else "/events"
    return Response(status=308, headers={"Location": location, "Cache-Control": "no-store"})


@endpoint("GET", "HEAD")
def _poll_view(request: Request, services: WebServices) -> Response:
    """Return 200 with the last snapshot, else 401 or 503: else Igor counts a failure."""
    params = arguments(request)
    user = user_name(params.get("user"))
    encoding = params.get("format", "json")
    if encoding not in ("json", "xml"):
        raise BadRequest("format is json or xml.")
    form = Form(
        days=number(params, "days", services.relay_days, range(1, MAX_DAYS + 1)),
        cursor=number(params, "cursor", 0, range(2)) == 1,
        xml=encoding == "xml",
        gzip=takes_gzip(request),
    )
    key = params.get("key") or bearer(request)
    sent = poll(user, key, services.store, form, services.snapshots, lambda: services.system)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if sent.gzip:
        headers["Content-Encoding"] = "gzip"
    return Response(sent.body, 200, headers, mimetype=f"application/{encoding}")
