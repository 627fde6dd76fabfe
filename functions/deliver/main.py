"""GET|POST /deliver[?user=jack]: what waits, brought to its targets. Private."""

from flask import Request, Response

from healthrelay.assembly import answer
from healthrelay.web.deliver import view


def deliver(request: Request) -> Response:
    return answer(view, request)
