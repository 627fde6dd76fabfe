"""Templates to answers. Every value is escaped; a name that is missing is a defect."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response

from healthrelay.flows.grants.sessions import OWNER
from healthrelay.web import responses
from healthrelay.web.setup import assets
from healthrelay.web.setup.router import has_page
from healthrelay.web.setup.texts import languages

if TYPE_CHECKING:
    from jinja2 import Environment

    from healthrelay.web.setup.visit import Visit

TEMPLATES = Path(__file__).parent / "templates"
PAGES = (
    ("", "today"),
    ("igor", "igor"),
    ("deliveries", "deliveries"),
    ("start/google", "set_up"),
    ("settings", "settings"),
)
"""What the owner finds at the head of each page: address, and the name of its text."""


def render(visit: Visit, template: str, status: int = 200, **words: object) -> Response:
    """Render ``templates/<template>.html`` for this *visit*.

    Besides *words* a template has ``text`` and ``html`` (`Texts`), ``url`` (a page's address),
    ``asset`` (a file's), ``owner`` (whether the owner looks), ``signed_in`` and ``visit``;
    ``templates/parts.html`` has the parts of a page, such as a form's token and a button.
    """
    own = {
        "visit": visit,
        "text": visit.texts.text,
        "html": visit.texts.html,
        "url": visit.url,
        "asset": partial(_asset_url, visit),
        "owner": visit.session.kind == OWNER,
        "signed_in": bool(visit.session.kind),
        "sandbox": _is_sandbox(visit.services.authorize_url),
        "pages": [(path, name) for path, name in PAGES if has_page(path)],
        "languages": [name for name in languages() if name != visit.texts.language],
    }
    page = _environment().get_template(f"{template}.html").render(own | words)
    return responses.compress(visit.request, Response(page, status, mimetype="text/html"))


def _is_sandbox(authorize_url: str) -> bool:
    """Return whether consent is asked for on this machine, where no provider is."""
    return urlsplit(authorize_url).hostname in ("127.0.0.1", "localhost")


def _asset_url(visit: Visit, name: str) -> str:
    return visit.url(f"assets/{assets.hashed_name(name)}")


@cache
def _environment() -> Environment:
    """Return the environment, kept so that a template is compiled once a process."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
