"""``/relay/events`` and ``/relay/ack``: the log for programs, with a person's poll key.

Where a queue is set up nothing is written here: the cursors of readers are handed on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.core.errors import BadRequest
from healthrelay.core.household.names import user_name
from healthrelay.core.igor_json import is_name
from healthrelay.flows.delivery import events as flow
from healthrelay.flows.delivery.poll import require_key
from healthrelay.web.endpoint import arguments, bearer, endpoint, number
from healthrelay.web.responses import compress, json_response

if TYPE_CHECKING:
    from healthrelay.web.services import Services

LIMIT, MAX_LIMIT = 100, 1000
MAX_WAIT = 25
"""Seconds; whoever stands between us and a reader may end a request after thirty."""
LOOK = 1.0
"""Seconds between two looks at the log while somebody waits."""
IGOR = "igor"
_NUMBERS = range(10**10)


@endpoint("GET")
def events(request: Request, services: Services) -> Response:
    """JSON: the entries behind ``after``, or behind what ``reader`` has acknowledged."""
    said = arguments(request)
    user = _known(said, request, services)
    store = services.store
    limit = number(said, "limit", LIMIT, range(1, MAX_LIMIT + 1))
    wait = number(said, "wait", 0, range(MAX_WAIT + 1))
    if "after" in said:
        after = number(said, "after", 0, _NUMBERS)
    else:
        after = flow.cursor(user, _reader(said), store) if "reader" in said else 0
    until = time.monotonic() + wait
    while store.log.head(user) == after and time.monotonic() < until:
        time.sleep(min(LOOK, max(until - time.monotonic(), 0)))
    return compress(request, json_response(flow.events(user, flow.Page(after, limit), store)))


@endpoint("GET", "POST")
def ack(request: Request, services: Services) -> Response:
    """JSON: how far that reader is.

    202 when that is handed on, to be noted in a moment. ``GET`` is Igor's own way to
    acknowledge, and is always answered 200: Igor counts anything else as a failure.
    """
    said = arguments(request)
    user = _known(said, request, services)
    reader, sequence = acknowledged(said)
    store, writer = services.store, services.writer
    if writer is None:
        noted = flow.acknowledge(user, reader, sequence, store, services.now())
    else:
        noted = flow.hand_in(user, reader, sequence, store, writer)
    status = 202 if writer and request.method == "POST" else 200
    return json_response({"user": user, "reader": reader, "cursor": noted}, status)


def acknowledged(said: Mapping[str, str]) -> tuple[str, int]:
    """Which reader says so, and the last entry that it has."""
    if "cursor" not in said:
        raise BadRequest("Say which entry was the last: add cursor=NUMBER.")
    return _reader(said), number(said, "cursor", 0, _NUMBERS)


def _known(said: Mapping[str, str], request: Request, services: Services) -> str:
    """The person whose key came along."""
    user = user_name(said.get("user"))
    require_key(user, said.get("key") or bearer(request), services.store.identities)
    return user


def _reader(said: Mapping[str, str]) -> str:
    name = said.get("reader", IGOR)
    if not is_name(name):
        raise BadRequest("A reader's name is 1 to 64 letters, digits, '-', '_' or '.'.")
    return name


VIEWS = {"events": events, "ack": ack}
