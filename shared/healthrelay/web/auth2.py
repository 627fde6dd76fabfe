"""``/auth2?code&state``: the browser comes back, and the grant is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Request, Response

from healthrelay.core.errors import Forbidden, HealthrelayError
from healthrelay.flows.grants import connect
from healthrelay.flows.grants.glance import glance
from healthrelay.flows.grants.rounds import Return
from healthrelay.web.auth1 import to_consent_page
from healthrelay.web.endpoint import arguments, endpoint
from healthrelay.web.page import as_page, connected_title, page

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices


@endpoint("GET", render_error=as_page)
def view(request: Request, services: WebServices) -> Response:
    """Return a page that says who is connected and what was allowed, or why nothing was stored."""
    returned = Return(arguments(request), request.cookies)
    try:
        done = connect.finish(
            returned,
            owner_key=services.owner_key,
            consent=services.consent,
            store=services.store,
            grants=services.grants,
            token_endpoint=services.token_endpoint,
            provider=services.provider,
            now=services.now(),
        )
    except connect.RetryWithFewerScopes as retry:
        return to_consent_page(retry.round, services, services.now())
    except HealthrelayError as error:
        error.connected = connect.still_connected(
            returned,
            owner_key=services.owner_key,
            consent=services.consent,
            tokens=services.store.tokens,
            now=services.now(),
        )
        if type(error) is Forbidden:
            # The cookie is of the name by which the browser began.
            error.next_step = f"Begin at {services.public_url}, not at another name of it."
        raise
    return _connected(done, services)


def _connected(done: connect.Connected, services: WebServices) -> Response:
    words: dict[str, Any] = {
        "label": services.consent.label,
        "granted": done.granted,
        "withheld": done.withheld,
    }
    if not done.token.account.id:
        title = f"{done.user[:1].upper()}{done.user[1:]} is nearly connected"
        return page("connected", title=title, unconfirmed=True, **words)
    title, token = connected_title(done.user), done.token
    seen = glance(services.provider, token, services.consent, services.now(), services.system)
    return page("connected", title=title, glance=seen, user=done.user, **words)
