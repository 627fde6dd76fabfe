"""A file for the browser to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response

from healthrelay.web import responses

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit


def attachment(visit: Visit, name: str, body: str, kind: str) -> Response:
    """Give *body* as a file, which has the person's name before its own."""
    response = Response(body, mimetype=kind)
    file = quote(f"{visit.args['user']}-{name}", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{file}"
    return responses.compress(visit.request, response)
