"""GET /events?user=jack&key=…: what changed, for programs, which may wait. Public; only reads."""

from flask import Request, Response

from healthrelay.assembly import answer
from healthrelay.web.events import view


def events(request: Request) -> Response:
    return answer(view, request)
