"""GET /auth2?code&state: back from the consent page; the grant is stored."""

from flask import Request, Response

from healthrelay.assembly import answer
from healthrelay.web.auth2 import view


def auth2(request: Request) -> Response:
    return answer(view, request)
