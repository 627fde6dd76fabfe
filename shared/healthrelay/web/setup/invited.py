"""Before the provider: what will be asked, in plain words, and how to get past its warnings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response

from healthrelay.core.errors import Expired
from healthrelay.core.grants.consent import scope_name
from healthrelay.flows.grants.links import find_link, invitation_path, pass_for
from healthrelay.flows.grants.rounds import scopes_for
from healthrelay.flows.grants.sessions import OWNER, PERSON
from healthrelay.web.setup.phrases import Phrases, person_name
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.render import render

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit


def show(visit: Visit) -> Response:
    """Show what the link invites to. It spends nothing, because messengers look at links, too."""
    code, services = visit.args["letters"], visit.services
    try:
        found = find_link(code, services.owner_key, services.store.overview, visit.now)
    except Expired:
        if visit.session.kind == PERSON:
            user = visit.session.user
            return visit.redirect(f"people/{user}", "wearer.already", person=person_name(user))
        raise
    return _page(found.user, visit, code, found.until)


def show_known(visit: Visit) -> Response:
    """Show the same to the owner, and to the person themselves."""
    return _page(visit.args["user"], visit)


def connect(visit: Visit) -> Response:
    """Go on to the provider, by way of ``auth1``, which opens no store."""
    user, services = visit.args["user"], visit.services
    identities, invitation = services.store.identities, ""
    if code := visit.form.get("invitation", ""):
        found = find_link(code, services.owner_key, services.store.overview, visit.now)
        if found.user != user:
            raise Problem("link-cut")
        invitation = found.invitation
    else:
        _require_known(user, visit)
    carried = pass_for(user, invitation, services.consent, identities)
    path = invitation_path(carried, services.owner_key, visit.now)
    place = f"{urlsplit(services.public_url).path}{path}"
    return Response(status=303, headers={"Location": place})


def _page(user: str, visit: Visit, invitation: str = "", until: datetime | None = None) -> Response:
    consent, identities = visit.services.consent, visit.services.store.identities
    phrases = Phrases(visit.texts, None, visit.now)
    return render(
        visit,
        "invited",
        user=user,
        person=person_name(user),
        invitation=invitation,
        provider=consent.provider,
        label=consent.label,
        scopes=[scope_name(scope) for scope in scopes_for(user, consent, identities)],
        until=phrases.long_date(until.date()) if until else "",
    )


def _require_known(user: str, visit: Visit) -> None:
    """Raise `Problem` unless the owner asks, or *user*."""
    session = visit.session
    if session.kind == PERSON and session.user != user:
        raise Problem("not-yours", f"people/{session.user}")
    if session.kind not in (OWNER, PERSON):
        raise Problem("session-over", "sign-in")
