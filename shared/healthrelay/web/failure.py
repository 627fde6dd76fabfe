"""From ``auth1`` and ``auth2`` to the page of a failure, which ``setup`` shows.

What it says stands in a signed note in the address, so that it can be loaded again and says what
is true by then; of whom it is about, and of which invitation, so that it leads back there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import Response, g, request

from healthrelay.web import responses

if TYPE_CHECKING:
    from datetime import datetime

    from healthrelay.core.errors import HealthrelayError
    from healthrelay.web.services import WebServices


class WayBack(NamedTuple):
    """Whom a request is about, and by which invitation they came."""

    services: WebServices
    user: str = ""
    invitation: str = ""


def lead_back(services: WebServices, user: str = "", invitation: str = "") -> None:
    """Have a failure of this request lead back to the *invitation* of *user*."""
    g.way_back, g.user = WayBack(services, user, invitation), user


def redirect(url: str, status: int) -> Response:
    headers = {"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(status=status, headers=headers)


def as_problem(error: HealthrelayError) -> Response:
    """Lead to the page of *error*; a program, which shows a key, gets it as JSON."""
    from healthrelay.core.errors import HealthrelayError  # noqa: PLC0415 - for a failure alone

    way: WayBack | None = g.get("way_back")
    if way is None or "Authorization" in request.headers:
        return responses.as_json(error)
    try:
        url = _problem_url(error, way)
    except HealthrelayError:  # without an owner key nothing can be signed
        return responses.as_json(error)
    return _on_the_way(error, url)


def _on_the_way(error: HealthrelayError, url: str) -> Response:
    """Say what is wrong under the status that it has, and have a browser go on to *url*."""
    from html import escape  # noqa: PLC0415 - for a failure alone

    text = f'{escape(error.sentence)} <a href="{escape(url)}">What to do now</a>'
    response = Response(
        f'<!doctype html><html lang="en"><title>healthrelay</title><p>{text}',
        responses.status(error),
        {
            "Refresh": f"0; url={url}",
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
        mimetype="text/html",
    )
    response.headers.update(responses.headers(error))
    return response


def _problem_url(error: HealthrelayError, way: WayBack) -> str:
    from urllib.parse import urlencode  # noqa: PLC0415 - for a failure alone

    from healthrelay.flows.grants.signed import SignedNotes  # noqa: PLC0415
    from healthrelay.web.problem_names import case_word, problem_name  # noqa: PLC0415

    services, now = way.services, way.services.now()
    until: datetime | None = getattr(error, "until", None)
    g.case = case_word()
    note = {
        "name": problem_name(error),
        "user": way.user,
        "invitation": way.invitation,
        "case": g.case,
        "at": now.isoformat(),
        "sentence": error.sentence,
        "next_step": error.next_step,
        "after": str(getattr(error, "after", "")),
        "until": until.isoformat() if until else "",
    }
    text = SignedNotes(services.owner_key).sign("problem", note, now)
    return f"{services.public_url}/setup/problem?{urlencode({'note': text})}"
