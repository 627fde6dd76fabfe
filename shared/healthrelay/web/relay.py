"""``/relay?user=jack&key=…``: what Igor polls. Public, and may only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.core.names import user_name
from healthrelay.flows.relay import poll
from healthrelay.web.door import arguments, bearer, door

if TYPE_CHECKING:
    from healthrelay.web.services import Services


@door("GET")
def view(request: Request, services: Services) -> Response:
    """200 with the last snapshot, else 401, 404 or 503: Igor counts anything else as a failure."""
    said = arguments(request)
    user = user_name(said.get("user"))
    key = said.get("key") or bearer(request)
    body = poll(user, key, services.store.identities, services.store.records)
    return Response(body, 200, {"Cache-Control": "no-store"}, mimetype="application/json")
