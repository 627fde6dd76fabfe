"""What `/events` and `/relay/ack` have in common: programs that read with a person's poll key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Request

from healthrelay.core.errors import BadRequest, NotAllowed
from healthrelay.core.igor_json import is_name, user_name
from healthrelay.flows.delivery.poll import require_key
from healthrelay.web.arguments import arguments, number
from healthrelay.web.body import STRANGERS_SECONDS
from healthrelay.web.endpoint import bearer

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices

DEFAULT_READER = "igor"
NUMBERS = range(10**10)


def authenticate(request: Request, services: WebServices) -> tuple[str, dict[str, str]]:
    """Return the person whose key came along, and all arguments.

    The key comes in the address or as a header, so that no stranger's body is waited for.
    """
    key = request.args.get("key") or bearer(request)
    if not key:
        raise NotAllowed("Send the key in the address, or as Authorization: Bearer.")
    identities = services.store.identities
    if "user" in request.args:
        user = user_name(request.args["user"])
        require_key(user, key, identities)
        return user, arguments(request)
    params = arguments(request, STRANGERS_SECONDS)
    user = user_name(params.get("user"))
    require_key(user, key, identities)
    return user, params


def reader_name(params: Mapping[str, str]) -> str:
    name = params.get("reader", DEFAULT_READER)
    if not is_name(name):
        raise BadRequest("A reader's name is 1 to 64 letters, digits, '-', '_' or '.'.")
    return name


def reader_cursor(params: Mapping[str, str]) -> tuple[str, int]:
    """Return which reader acknowledges, and the last entry that it has."""
    if "cursor" not in params:
        raise BadRequest("Say which entry was the last: add cursor=NUMBER.")
    return reader_name(params), number(params, "cursor", 0, NUMBERS)
