"""``/auth2?code&state``: the browser comes back, and the grant is stored."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flask import Request, Response

from healthrelay.core.errors import Forbidden, HealthrelayError
from healthrelay.flows.grants import connect
from healthrelay.flows.grants.glance import glance
from healthrelay.flows.grants.rounds import Return, verify_state
from healthrelay.flows.grants.signed import SignedNotes
from healthrelay.web.arguments import arguments
from healthrelay.web.auth1 import to_consent_page, way_to_consent
from healthrelay.web.endpoint import endpoint
from healthrelay.web.page import WayOn, as_page, connected_title, offer, page

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
        offer(_way_on(returned, services))
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


def _way_on(returned: Return, services: WebServices) -> WayOn:
    """Return the way to the consent page for whose round may go on; else to its beginning."""
    now, key = services.now(), services.owner_key
    with suppress(HealthrelayError):
        round_, _ = verify_state(returned, key, services.consent, now)
        if round_.person:
            people = services.store.identities
            people.invitations(round_.user).require(round_.person, round_.invitation)
        return way_to_consent(round_, services, now)
    user = SignedNotes(key).state_user(returned.query.get("state", ""), now)
    return WayOn(f"{services.public_url}/auth1?user={user}" if user else "", "Start over")


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
    seen = glance(
        services.provider,
        token,
        services.consent,
        services.now(),
        services.system,
        log_event=services.log_event,
    )
    return page("connected", title=title, glance=seen, user=done.user, **words)
