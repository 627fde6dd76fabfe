"""GET|POST /fetch?user=jack: new measurements, stored and relayed. Private."""

from flask import Request, Response

from healthrelay.assembly import answer
from healthrelay.web.fetch import view


def fetch(request: Request) -> Response:
    return answer(view, request)
