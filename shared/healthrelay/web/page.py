"""Small pages for the browser: one message each, no script, never in a cache."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flask import Response, g

from healthrelay.core.errors import ConsentDenied, Unknown, WrongAccount
from healthrelay.web import responses

if TYPE_CHECKING:
    from jinja2 import Environment

    from healthrelay.core.errors import HealthrelayError

_PAGES = Path(__file__).parent / "pages"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class WayOn(NamedTuple):
    """Where a button on the page of a failure leads."""

    url: str
    label: str
    finish: Callable[[Response], None] = lambda _: None
    """Puts on the page what the way needs, such as a cookie."""


_WHO = WayOn("", "")


def offer(way_on: WayOn) -> None:
    """Have the page of a failure of this request lead to *way_on*."""
    g.way_on = way_on


def page(template: str, status: int = 200, **words: object) -> Response:
    """Render ``pages/<template>.html``; every word is escaped."""
    text = _environment().get_template(f"{template}.html").render(words)
    return Response(text, status, _HEADERS, mimetype="text/html")


def as_page(error: HealthrelayError) -> Response:
    """Return *error* as a page: one sentence, who must act, and a button that leads on.

    Where nothing was offered, or the person is unknown, it asks who is to be connected.
    """
    way: WayOn = g.get("way_on", _WHO)
    if isinstance(error, Unknown):
        way = _WHO
    words = {"sentence": error.sentence, "way_on": way.url, "label": way.label}
    if isinstance(error, WrongAccount):
        words |= {"title": "This is another account", "user": error.user}
        words |= {"connected": error.connected}
        response = page("wrong-account", responses.status(error), **words)
    else:
        response = page("message", responses.status(error), **words | _message(error))
    response.headers.update(responses.headers(error))
    way.finish(response)
    return response


def _message(error: HealthrelayError) -> dict[str, str]:
    """Return the words of a page that say what is true now, and who must act."""
    advices = {"owner": "Please tell the owner of this healthrelay.", "nobody": "Please try later."}
    if not error.connected:
        return {"title": "Not connected", "advice": advices.get(error.who, error.next_step)}
    words = {"title": f"{connected_title(error.connected)} already"}
    if isinstance(error, ConsentDenied):
        words["sentence"] = "Permission was not given this time."
    return words | {"advice": "Nothing was changed by this page."}


def connected_title(user: str) -> str:
    return f"{user[:1].upper()}{user[1:]} is connected"


@cache
def _environment() -> Environment:
    """Return the environment, kept so that a template is compiled once a process."""
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415 - a redirect needs no template

    return Environment(loader=FileSystemLoader(_PAGES), autoescape=True, auto_reload=False)
