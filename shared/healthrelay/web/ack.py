"""``/relay/ack``: how far a reader is, with a person's poll key.

Where a queue is set up nothing is written here: the cursors of readers are handed on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.flows.delivery.events import acknowledge
from healthrelay.web.endpoint import endpoint
from healthrelay.web.readers import authenticate, reader_cursor
from healthrelay.web.responses import json_response

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices


@endpoint("GET", "POST")
def ack(request: Request, services: WebServices) -> Response:
    """Return as JSON how far that reader is.

    202 when that is handed on, to be stored in a moment. ``GET`` is Igor's own way to
    acknowledge, and is always answered 200: Igor counts anything else as a failure.
    """
    user, params = authenticate(request, services)
    reader, sequence = reader_cursor(params)
    log, writer = services.store.log, services.writer
    cursor = acknowledge(user, reader, sequence, log, services.now(), writer)
    status = 202 if writer and request.method == "POST" else 200
    return json_response({"user": user, "reader": reader, "cursor": cursor}, status)
