"""GET /relay?user=jack&key=…: what Igor polls. Public, and may only read."""

from flask import Request, Response

from healthrelay.assembly import answer
from healthrelay.web.relay import view


def relay(request: Request) -> Response:
    return answer(view, request)
