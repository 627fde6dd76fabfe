"""Small pages for the browser: one message each, no script, never in a cache."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response

from healthrelay.core.errors import WrongAccount
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


def page(template: str, status: int = 200, **words: object) -> Response:
    """Render ``pages/<template>.html``; every word is escaped."""
    text = _environment().get_template(f"{template}.html").render(words)
    return Response(text, status, _HEADERS, mimetype="text/html")


def as_page(error: HealthrelayError) -> Response:
    """Return *error* as a page: one sentence, and who must act."""
    advices = {"owner": "Please tell the owner of this healthrelay.", "nobody": "Please try later."}
    if isinstance(error, WrongAccount):
        return _wrong_account(error)
    title, advice = "Not connected", advices.get(error.who, error.next_step)
    if error.connected:
        title, advice = connected_title(error.connected), "Nothing was changed by this page."
    words = {"title": title, "sentence": error.sentence, "advice": advice}
    response = page("message", responses.status(error), **words)
    response.headers.update(responses.headers(error))
    return response


def _wrong_account(error: WrongAccount) -> Response:
    """Return what happened, and the two ways on."""
    words = {"title": "This is another account", "sentence": error.sentence, "user": error.user}
    return page("wrong-account", responses.status(error), connected=error.connected, **words)


def connected_title(user: str) -> str:
    return f"{user[:1].upper()}{user[1:]} is connected"


@cache
def _environment() -> Environment:
    """Return the environment, kept so that a template is compiled once a process."""
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415 - a redirect needs no template

    return Environment(loader=FileSystemLoader(_PAGES), autoescape=True, auto_reload=False)
