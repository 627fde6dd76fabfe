"""``/auth2?code&state``: the browser comes back, and the grant is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.flows.grants import connect
from healthrelay.web.auth1 import to_consent_page
from healthrelay.web.endpoint import arguments, endpoint
from healthrelay.web.page import as_page, page

if TYPE_CHECKING:
    from healthrelay.web.services import Services


@endpoint("GET", render_error=as_page)
def view(request: Request, services: Services) -> Response:
    """A page that says who is connected and what was allowed, or why nothing was stored."""
    back = connect.Return(arguments(request), request.cookies)
    desk = connect.Desk(
        services.owner_key,
        services.consent,
        services.store,
        services.grants,
        services.token_endpoint,
        services.provider,
    )
    try:
        done = connect.finish(back, desk, services.now())
    except connect.AskForLess as less:
        return to_consent_page(less.round, services, services.now())
    return page(
        "connected",
        title=f"{done.user[:1].upper()}{done.user[1:]} is connected",
        label=services.consent.label,
        granted=done.granted,
        withheld=done.withheld,
    )
