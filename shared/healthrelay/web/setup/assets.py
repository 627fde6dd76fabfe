"""The files that a page loads. Their names carry a hash, so that browsers keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response

from healthrelay.web import responses
from healthrelay.web.setup.problem import Problem

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit

FOLDER = Path(__file__).parent / "assets"
TYPES = {
    "style.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "favicon.svg": "image/svg+xml",
}
FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=60"


def show(visit: Visit) -> Response:
    """Return a file; one of another hash, of a page from before an update, is not kept."""
    stem, _, rest = visit.args["name"].partition(".")
    name = f"{stem}.{rest.rpartition('.')[2]}"
    if name not in TYPES:
        raise Problem("no-page")
    kept = FOREVER if visit.args["name"] == hashed_name(name) else BRIEFLY
    headers = {"Cache-Control": kept, "Content-Type": TYPES[name]}
    return responses.compress(visit.request, Response(_load(name), headers=headers))


@cache
def hashed_name(name: str) -> str:
    """Return the *name* with a hash of the content in it: ``style.1f2e3d4c.css``."""
    stem, _, kind = name.partition(".")
    return f"{stem}.{hashlib.sha256(_load(name)).hexdigest()[:10]}.{kind}"


@cache
def _load(name: str) -> bytes:
    return (FOLDER / name).read_bytes()
