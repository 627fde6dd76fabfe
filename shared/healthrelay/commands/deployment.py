"""``healthrelay doctor --url``: whether each function is there, and open or closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.adapters.http import Http

SECONDS = 60
"""A first answer may have to wait for a cold start."""


def check(url: str) -> dict[str, str]:
    """Function → what is wrong with it; empty text where all is well. Nothing is changed."""
    from healthrelay.adapters.http import Http
    from healthrelay.config import functions

    http = Http()
    return {
        name: _wrong(http, url.rstrip("/"), name, row.public)
        for name, row in sorted(functions().items())
    }


def in_words(found: Mapping[str, str]) -> str:
    """One line a function."""
    return "\n".join(f"{name}: {wrong or 'well'}" for name, wrong in found.items())


def _wrong(http: Http, url: str, name: str, public: bool) -> str:
    from healthrelay.core.errors import HealthrelayError

    try:
        answer = http.send("GET", f"{url}/{name}?health", {}, seconds=SECONDS)
    except HealthrelayError as error:
        return error.sentence
    told = answer.json()
    if isinstance(told, dict) and "error" in told and answer.status >= 500:
        return f"{told['error']} ({told.get('who', 'nobody')} must act)"
    if not public:
        # Only who may call it learns how it is.
        return "" if answer.status in (401, 403) else f"lets a stranger in ({answer.status})"
    if answer.status == 200 and told == {"function": name, "status": "pass"}:
        return ""
    return f"answers {answer.status}, and not that it is well"
