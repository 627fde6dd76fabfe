"""``/relay/events`` and ``/relay/ack``: the log for programs, with a person's poll key.

Where a queue is set up nothing is written here: the cursors of readers are handed on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.core.errors import BadRequest
from healthrelay.core.igor_json import is_name, user_name
from healthrelay.flows.delivery import events as flow
from healthrelay.flows.delivery.poll import require_key
from healthrelay.web.arguments import arguments, number
from healthrelay.web.endpoint import bearer, endpoint
from healthrelay.web.responses import compress, json_response

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000
MAX_WAIT_SECONDS = 25
"""What stands between us and a reader may end a request after thirty."""
POLL_INTERVAL_SECONDS = 1.0
"""Between two looks at the log while a reader waits."""
DEFAULT_READER = "igor"
_NUMBERS = range(10**10)


@endpoint("GET", "HEAD")
def events(request: Request, services: WebServices) -> Response:
    """Return as JSON the entries behind ``after``, or behind what ``reader`` has acknowledged."""
    params = arguments(request)
    user = _authenticate(params, request, services)
    log = services.store.log
    limit = number(params, "limit", DEFAULT_LIMIT, range(1, MAX_LIMIT + 1))
    wait = number(params, "wait", 0, range(MAX_WAIT_SECONDS + 1))
    if "after" in params:
        after = number(params, "after", 0, _NUMBERS)
    else:
        after = flow.cursor(user, _reader(params), log) if "reader" in params else 0
    until = time.monotonic() + wait
    while log.head(user) == after and time.monotonic() < until:
        time.sleep(min(POLL_INTERVAL_SECONDS, max(until - time.monotonic(), 0)))
    page = flow.events(
        user,
        flow.Page(after, limit),
        log=log,
        records=services.store.records,
        system=services.system,
    )
    return compress(request, json_response(page))


@endpoint("GET", "POST")
def ack(request: Request, services: WebServices) -> Response:
    """Return as JSON how far that reader is.

    202 when that is handed on, to be stored in a moment. ``GET`` is Igor's own way to
    acknowledge, and is always answered 200: Igor counts anything else as a failure.
    """
    params = arguments(request)
    user = _authenticate(params, request, services)
    reader, sequence = reader_cursor(params)
    log, writer = services.store.log, services.writer
    cursor = flow.acknowledge(user, reader, sequence, log, services.now(), writer)
    status = 202 if writer and request.method == "POST" else 200
    return json_response({"user": user, "reader": reader, "cursor": cursor}, status)


def reader_cursor(params: Mapping[str, str]) -> tuple[str, int]:
    """Return which reader acknowledges, and the last entry that it has."""
    if "cursor" not in params:
        raise BadRequest("Say which entry was the last: add cursor=NUMBER.")
    return _reader(params), number(params, "cursor", 0, _NUMBERS)


def _authenticate(params: Mapping[str, str], request: Request, services: WebServices) -> str:
    """Return the person whose key came along."""
    user = user_name(params.get("user"))
    require_key(user, params.get("key") or bearer(request), services.store.identities)
    return user


def _reader(params: Mapping[str, str]) -> str:
    name = params.get("reader", DEFAULT_READER)
    if not is_name(name):
        raise BadRequest("A reader's name is 1 to 64 letters, digits, '-', '_' or '.'.")
    return name


VIEWS = {"events": events, "ack": ack}
