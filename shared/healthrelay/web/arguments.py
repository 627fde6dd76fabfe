"""The arguments of a request, from its address and its body. Nothing that came is left unread."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from flask import Request

from healthrelay.core.errors import BadRequest
from healthrelay.core.numbers import whole_number
from healthrelay.web.body import BODY_SECONDS, read_body
from healthrelay.web.responses import UnreadBody

Pairs = list[tuple[str, str]]

FORM = "application/x-www-form-urlencoded"
_READ = "healthrelay.body"
"""Where a request keeps what was read of its body."""
_BEFORE_JSON = b"\xef\xbb\xbf \t\r\n"
"""The mark of UTF-8, and JSON's white space."""


def arguments(
    request: Request, seconds: float = BODY_SECONDS, *, flags: bool = False
) -> dict[str, str]:
    """Return query and body as one, each name at most once; raise `BadRequest`.

    A body is a form, or a JSON object of texts and whole numbers, under whatever type: Cloud
    Scheduler calls it ``application/octet-stream`` unless another is set. It must be here within
    so many *seconds*. With *flags* it may have ``true`` and ``false``, which are texts then.
    """
    pairs = [*request.args.items(multi=True), *body_arguments(request, seconds, flags=flags)]
    params = dict(pairs)
    if len(params) != len(pairs):
        raise BadRequest("An argument was given twice.")
    return params


def body_arguments(
    request: Request, seconds: float = BODY_SECONDS, *, flags: bool = False
) -> Pairs:
    """Return the arguments in the body alone. Raise `BadRequest`, `BodyTooLate`, `UnreadBody`."""
    if _READ not in request.environ:
        if request.method != "POST" and request.content_length:
            raise UnreadBody(f"A {request.method} has no body here: use POST, or the address.")
        request.environ[_READ] = _read(request, read_body(request, seconds), flags)
    return arguments_read(request)


def arguments_read(request: Request) -> Pairs:
    """Return those of the body, as far as it was read by now."""
    pairs: Pairs = request.environ.get(_READ, [])
    return pairs


def number(params: Mapping[str, str], name: str, default: int, allowed: range) -> int:
    """Return the argument *name*, or *default* when it was not given."""
    if name not in params:
        return default
    value = whole_number(params[name])
    if value is None or value not in allowed:
        raise BadRequest(f"{name} is a number from {allowed.start} to {allowed.stop - 1}.")
    return value


def _read(request: Request, body: bytes, flags: bool) -> Pairs:
    if not body:
        return []
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnreadBody("Send the body as it is: gzip and other encodings are not read.")
    if body.lstrip(_BEFORE_JSON)[:1] == b"{" or request.mimetype == "application/json":
        return _read_json(body, flags)
    if request.mimetype == FORM:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    raise UnreadBody(f"Send the body as a JSON object or a form ({FORM}).")


def _read_json(body: bytes, flags: bool) -> Pairs:
    from healthrelay.core.json_body import parse_json  # noqa: PLC0415 - hardly any request has it

    # As pairs, because an object with a name twice would lose one.
    payload = parse_json(body, members=tuple)
    known = (str, int, bool) if flags else (str, int)
    if not isinstance(payload, tuple) or not all(type(value) in known for _, value in payload):
        raise BadRequest("The JSON body must be one object of texts and whole numbers.")
    return [(name, _as_text(value)) for name, value in payload]


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
