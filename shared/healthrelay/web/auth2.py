"""``/auth2?code&state``: the browser comes back, and the grant is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Request, Response

from healthrelay.flows.grants import connect, sessions
from healthrelay.flows.grants.rounds import Return
from healthrelay.flows.grants.sessions import OWNER, PERSON, SESSION_AGE, Session
from healthrelay.flows.grants.signed import SignedNotes
from healthrelay.web.arguments import arguments
from healthrelay.web.auth1 import to_consent_page
from healthrelay.web.endpoint import endpoint
from healthrelay.web.failure import as_problem, lead_back, redirect

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices


@endpoint("GET", render_error=as_problem)
def view(request: Request, services: WebServices) -> Response:
    """Lead to the page of who is connected, signed in; or to that which says what went wrong."""
    lead_back(services)
    returned = Return(arguments(request), request.cookies)
    note = SignedNotes(services.owner_key).whatever_age(
        "state", returned.query.get("state", ""), services.now()
    )
    lead_back(services, note.get("user", ""), note.get("invitation", ""))
    try:
        user = connect.finish(
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
    response = redirect(f"{services.public_url}/setup/people/{quote(user)}/connected", 303)
    _sign_in(user, request, response, services)
    return response


def _sign_in(user: str, request: Request, response: Response, services: WebServices) -> None:
    """Let the browser see the page of *user*; the owner's goes on to see everybody's."""
    key, now, identities = services.owner_key, services.now(), services.store.identities
    name = sessions.cookie_name("session", services.public_url)
    before = sessions.read_session(request.cookies.get(name, ""), key, identities, now)
    if before.kind == OWNER:
        return
    session = sessions.begin(Session(PERSON, user), identities)
    response.set_cookie(
        name,
        sessions.sign_session(session, key, now),
        SESSION_AGE,
        path="/",
        secure=services.public_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )
