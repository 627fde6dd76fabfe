"""``/events``: what changed, for programs, with a person's poll key.

A function of its own: whoever waits holds a slot, and must not hold one that Igor's poll needs.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.flows.delivery import events as flow
from healthrelay.web.arguments import number
from healthrelay.web.endpoint import endpoint
from healthrelay.web.readers import NUMBERS, authenticate, reader_name
from healthrelay.web.responses import compress, json_response

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000
MAX_WAIT_SECONDS = 25
"""What stands between us and a reader may end a request after thirty."""
POLL_INTERVAL_SECONDS = 1.0
"""Between two looks at the log while a reader waits."""


@endpoint("GET", "HEAD")
def view(request: Request, services: WebServices) -> Response:
    """Return as JSON the entries behind ``after``, or behind what ``reader`` has acknowledged."""
    user, params = authenticate(request, services)
    log = services.store.log
    limit = number(params, "limit", DEFAULT_LIMIT, range(1, MAX_LIMIT + 1))
    wait = number(params, "wait", 0, range(MAX_WAIT_SECONDS + 1))
    if "after" in params:
        after = number(params, "after", 0, NUMBERS)
    else:
        after = flow.cursor(user, reader_name(params), log) if "reader" in params else 0
    if wait and log.head(user) == after:
        _wait_for_news(user, after, wait, services)
    page = flow.events(
        user,
        flow.Page(after, limit),
        log=log,
        records=services.store.records,
        system=services.system,
    )
    return compress(request, json_response(page))


def _wait_for_news(user: str, after: int, seconds: int, services: WebServices) -> None:
    """Return when the log goes on behind *after*, after so many *seconds*, or at our end."""
    until = time.monotonic() + seconds
    with services.places.take(user) as closed:
        while (left := until - time.monotonic()) > 0:
            ended = closed.wait(min(POLL_INTERVAL_SECONDS, left))
            if ended or services.store.log.head(user) != after:
                return
