"""GET /setup: the household's page."""

from flask import Request, Response

from healthrelay.assembly import answer
from healthrelay.web.setup import view


def setup(request: Request) -> Response:
    return answer(view, request)
