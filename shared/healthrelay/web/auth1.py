"""``/auth1?user=jack``: to the provider's consent page, for who is invited or known.

The page gives them a pass for minutes; the owner's key, and an invitation for days, do the same.
Whoever has none of these is led to the page.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from flask import Request, Response

from healthrelay.core.errors import NO_STORE_CLIENT, NotAllowed, NotConfigured
from healthrelay.core.igor_json import user_name
from healthrelay.flows.grants import rounds
from healthrelay.flows.grants.signed import STATE_AGE, SignedNotes
from healthrelay.web.arguments import arguments
from healthrelay.web.endpoint import bearer, endpoint, secrets_equal
from healthrelay.web.failure import as_problem, lead_back, redirect
from healthrelay.web.responses import InvitationNeeded

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices

_AT, _PUBLIC = "at", "public"
"""The argument of who was sent to the public address. Nobody is sent there twice: what stands
before us may call us by a name that no browser sees."""


@endpoint("GET", "HEAD", render_error=as_problem)
def view(request: Request, services: WebServices) -> Response:
    """Redirect to the consent page; who may not go there yet, to the page."""
    lead_back(services)
    sent, now = arguments(request), services.now()
    # Of what stands in the address only what counts goes on: a key may be there by mistake.
    params = {name: sent[name] for name in ("user", "pass", "invitation", _AT) if name in sent}
    user = user_name(params.get("user"))
    lead_back(services, user)
    if params.get(_AT) != _PUBLIC and _is_elsewhere(request, services.public_url):
        query = urlencode({**params, _AT: _PUBLIC})
        return redirect(f"{services.public_url}/auth1?{query}", 302)
    if text := params.get("pass") or params.get("invitation"):
        round_ = _invited_round(text, user, services, now, brief="pass" in params)
    elif key := bearer(request):
        if not secrets_equal(key, services.owner_key):
            raise NotAllowed("This is not the owner key.")
        round_ = _owner_round(user, services)
    else:
        return redirect(f"{services.public_url}/setup/people/{quote(user)}/connect", 303)
    lead_back(services, user, round_.invitation)
    return to_consent_page(round_, services, now)


def _invited_round(
    text: str, user: str, services: WebServices, now: datetime, *, brief: bool
) -> rounds.Round:
    notes = SignedNotes(services.owner_key)
    lead_back(services, user, notes.whatever_age("pass", text, now).get("id", "") if brief else "")
    invitation = notes.read_invitation(text, user, now, brief=brief)
    return rounds.Round(user, invitation.scopes, invitation.person, invitation.id)


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
    begun = rounds.begin(round_, services.client, services.consent, services.owner_key, now)
    response = redirect(begun.url, 302)
    response.set_cookie(
        begun.cookie_name,
        begun.cookie,
        STATE_AGE,
        secure=services.public_url.startswith("https://"),
        httponly=True,
        # Lax, not Strict: the browser comes back from the provider's site and must bring it along.
        samesite="Lax",
    )
    return response


def _is_elsewhere(request: Request, public_url: str) -> bool:
    """Return whether the browser would keep our cookie under another name than the public one.

    It knows names, not ports. A secure cookie it takes over https alone; what stands before us
    says in ``X-Forwarded-Proto`` how it was reached.
    """
    insecure = request.headers.get("X-Forwarded-Proto") == "http" and public_url.startswith("https")
    return insecure or _host_name(request.host) != _host_name(urlsplit(public_url).netloc)


def _host_name(netloc: str) -> str:
    name, colon, port = netloc.rpartition(":")
    return (name if colon and (port.isdecimal() or not port) else netloc).lower()
