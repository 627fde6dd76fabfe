"""``/auth1?user=jack``: to the provider's consent page, for the owner and for invited people."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from flask import Request, Response

from healthrelay.core.errors import NO_STORE_CLIENT, Forbidden, NotConfigured
from healthrelay.core.igor_json import user_name
from healthrelay.flows.grants import rounds
from healthrelay.flows.grants.signed import OWNER_AGE, STATE_AGE, SignedNotes
from healthrelay.web.arguments import arguments, body_arguments
from healthrelay.web.body import SIGN_IN_SECONDS
from healthrelay.web.endpoint import bearer, endpoint, secrets_equal
from healthrelay.web.page import WayOn, as_page, offer, page
from healthrelay.web.responses import InvitationNeeded

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices

OWNER_COOKIE = "healthrelay-owner"
_AT, _PUBLIC, _FORM = "at", "public", "form"
"""The argument of who was sent to the public address. Nobody is sent there twice: what stands
before us may call us by a name that no browser sees. After a form the page leads on by itself:
browsers apply its `form-action 'self'` to every redirect that follows, even to the provider."""
_INVITED_ONLY = (
    "Only the owner, or somebody with an invitation, may connect a person."
    " If you were invited, open the link of your invitation again."
)


@endpoint("GET", "HEAD", "POST", render_error=as_page)
def view(request: Request, services: WebServices) -> Response:
    """Redirect to the consent page; show a sign-in page to who may not go there."""
    params, now = arguments(request, SIGN_IN_SECONDS), services.now()
    user = user_name(params.get("user"))
    offer(WayOn(f"?user={user}", "Start over"))
    if request.method == "POST":
        return _sign_in(request, services, user, now)
    if params.get(_AT) == _FORM:
        return page("signed-in", title=f"Connect {user}", sentence="", user=user)
    if params.get(_AT) != _PUBLIC and _is_elsewhere(request, services.public_url):
        return _redirect(f"{services.public_url}/auth1?{urlencode({**params, _AT: _PUBLIC})}")
    if params.get("invitation"):
        notes = SignedNotes(services.owner_key)
        invitation = notes.read_invitation(params["invitation"], user, now)
        round_ = rounds.Round(user, invitation.scopes, invitation.person, invitation.id)
    elif _is_owner(request, services, now):
        round_ = _owner_round(user, services)
    else:
        return page("sign-in", 401, title=f"Connect {user}", sentence=_INVITED_ONLY, user=user)
    offer(WayOn(f"?{urlencode(params)}", "Try again"))
    return to_consent_page(round_, services, now)


def _owner_round(user: str, services: WebServices) -> rounds.Round:
    scopes = _stored_scopes(user, services)
    return rounds.Round(user, scopes, services.store.identities.invitations(user).person)


def _stored_scopes(user: str, services: WebServices) -> tuple[str, ...]:
    try:
        return rounds.scopes_for(user, services.consent, services.store.identities)
    except NotConfigured as error:
        if error.cause != NO_STORE_CLIENT:
            raise
        raise InvitationNeeded(
            f"This auth1 opens no store. Make an invitation, `healthrelay invite {user}`,"
            " and open its link."
        ) from error


def to_consent_page(round_: rounds.Round, services: WebServices, now: datetime) -> Response:
    """Redirect with the cookie that binds this round to this browser."""
    begun = way_to_consent(round_, services, now)
    response = _redirect(begun.url)
    begun.finish(response)
    return response


def way_to_consent(round_: rounds.Round, services: WebServices, now: datetime) -> WayOn:
    """Begin the *round_*: its consent page, and the cookie that binds it to this browser."""
    begun = rounds.begin(round_, services.client, services.consent, services.owner_key, now)

    def set_cookie(response: Response) -> None:
        _set_cookie(response, services, begun.cookie_name, begun.cookie, STATE_AGE)

    return WayOn(begun.url, "Connect again", set_cookie)


def _redirect(url: str) -> Response:
    headers = {"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(status=302, headers=headers)


def _is_elsewhere(request: Request, public_url: str) -> bool:
    """Return whether the browser would keep our cookie under another name than the public one.

    It knows names, not ports. A secure cookie it takes over https alone; what stands before us
    says in ``X-Forwarded-Proto`` how it was reached.
    """
    insecure = request.headers.get("X-Forwarded-Proto") == "http" and public_url.startswith("https")
    return insecure or _host_name(request.host) != _host_name(urlsplit(public_url).netloc)


def _host_name(netloc: str) -> str:
    return re.sub(r":\d*$", "", netloc).lower()


def _is_owner(request: Request, services: WebServices, now: datetime) -> bool:
    cookie = request.cookies.get(OWNER_COOKIE, "")
    by_cookie = SignedNotes(services.owner_key).is_owner(cookie, now)
    return secrets_equal(bearer(request), services.owner_key) or by_cookie


def _sign_in(request: Request, services: WebServices, user: str, now: datetime) -> Response:
    if not secrets_equal(dict(body_arguments(request)).get("owner_key", ""), services.owner_key):
        raise Forbidden("This is not the owner key.")
    sentence = "This browser is remembered for a month."
    response = page("signed-in", title="Signed in", sentence=sentence, user=user)
    cookie = SignedNotes(services.owner_key).owner(now)
    _set_cookie(response, services, OWNER_COOKIE, cookie, OWNER_AGE)
    return response


def _set_cookie(
    response: Response, services: WebServices, name: str, value: str, age: timedelta
) -> None:
    secure = services.public_url.startswith("https://")
    # Lax, not Strict: the browser comes back from the provider's site and must bring it along.
    response.set_cookie(name, value, age, secure=secure, httponly=True, samesite="Lax")
