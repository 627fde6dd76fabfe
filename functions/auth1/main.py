"""GET /auth1?user=jack: to the provider's consent page."""

from flask import Request, Response

from healthrelay.assembly import answer
from healthrelay.web.auth1 import view


def auth1(request: Request) -> Response:
    return answer(view, request)
