"""What went wrong on the way to the provider and back, as ``auth1`` and ``auth2`` note it.

Loading it again tells what is true by then.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response
from itsdangerous import BadData

from healthrelay.core.defect import isolate
from healthrelay.core.grants.invitation import INVITATION_AGE
from healthrelay.core.grants.invitations import Invitations
from healthrelay.flows.grants.connect import is_connected
from healthrelay.flows.grants.links import link_code
from healthrelay.flows.grants.sessions import VISITOR
from healthrelay.flows.grants.signed import SignedNote, SignedNotes
from healthrelay.web.setup.phrases import Phrases, person_name
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.problems import PROBLEMS, render_problem

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit

STAYS = ("other-account", "taken-account", "store", "defect")
"""What is said also to who is connected all the same."""
ENDED = ("link-used", "nobody")


def show(visit: Visit) -> Response:
    """Show the failure of the note in the address, or that all is well by now."""
    services, text = visit.services, visit.request.args.get("note", "")
    try:
        note = SignedNotes(services.owner_key).read("problem", text, visit.now, INVITATION_AGE)
    except BadData:
        raise Problem("no-page") from None
    name, user = note["name"], note["user"]
    if name not in PROBLEMS:
        raise Problem("no-page")
    connected = bool(user) and is_connected(user, services.consent, services.store.tokens)
    if connected and name not in STAYS:
        return _connected_already(user, visit)
    return _render(name, note, visit)


def _connected_already(user: str, visit: Visit) -> Response:
    if visit.session.kind != VISITOR:
        return visit.redirect(
            f"people/{quote(user)}", "wearer.connected_already", person=person_name(user)
        )
    return render_problem(Problem("used-before", f"people/{user}", person=person_name(user)), visit)


def _render(name: str, note: SignedNote, visit: Visit) -> Response:
    user, met_at = note["user"], datetime.fromisoformat(note["at"])
    after = int(note["after"] or 0)
    problem = Problem(
        name,
        _page(note, visit) if name not in ENDED else "",
        person=person_name(user),
        sentence=note["sentence"],
        next_step=note["next_step"],
        until=_day(note["until"], visit),
        at=f"{met_at + timedelta(seconds=after):%H:%M} UTC",
    )
    problem.case, problem.met_at = note["case"], met_at
    if PROBLEMS[name].post:
        code = _code(note, visit)
        problem.way = f"people/{user}/connect"
        problem.fields = {"invitation": code} if code else {}
    response = render_problem(problem, visit)
    if after:
        response.headers["Retry-After"] = str(after)
    return response


def _page(note: SignedNote, visit: Visit) -> str:
    """Return the page from which to start again."""
    code = _code(note, visit)
    if code:
        return f"i/{code}"
    return f"people/{note['user']}/connect" if note["user"] else ""


def _day(instant: str, visit: Visit) -> str:
    at = datetime.fromisoformat(instant) if instant else visit.now
    return Phrases(visit.texts, None, visit.now).long_date(at.date())


def _code(note: SignedNote, visit: Visit) -> str:
    """Return the letters of the link by which they came; nothing unless it works."""
    user, invitation = note["user"], note["invitation"]
    stored = isolate(visit.services.store.identities.invitations, user) if user else None
    works = isinstance(stored, Invitations) and stored.until(invitation, visit.now)
    return link_code(invitation, visit.services.owner_key) if works else ""
