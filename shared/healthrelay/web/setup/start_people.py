"""Third step: people, and the links with which they connect."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from flask import Response
from markupsafe import Markup

from healthrelay.core.damage import Damaged
from healthrelay.core.errors import BadRequest, Duplicate
from healthrelay.core.household.reads import READS, USUAL, settings_for
from healthrelay.core.household.settings import KEPT_FROM
from healthrelay.flows.grants.document import from_clear_part
from healthrelay.flows.grants.links import end_links, invite_anew, link_code, newest_link
from healthrelay.flows.household import people
from healthrelay.flows.require import require_connectable
from healthrelay.web.setup.phrases import Phrases, person_name
from healthrelay.web.setup.render import render

if TYPE_CHECKING:
    from healthrelay.ports.overview import PersonOverview
    from healthrelay.web.setup.visit import Visit

CONNECTED, INVITED, ENDED, NEW = "connected", "invited", "ended", "new"
DAMAGED = "damaged"
"""Who cannot be read; a link would invite nobody (`links.find_link`)."""


class Invited(NamedTuple):
    """A person as the template shows them."""

    user: str
    name: str
    state: str
    link: str = ""
    until: str = ""
    qr: Markup = Markup()
    size: int = 0
    """How many squares the code is wide."""


def show(visit: Visit) -> Response:
    return _page(visit)


def add(visit: Visit) -> Response:
    """Make the person, and a link for them."""
    services, user = visit.services, visit.form.get("user", "").strip()
    identities = services.store.identities
    try:
        reads = settings_for(visit.fields("read"))
    except BadRequest:
        return _page(visit, "read", 422)
    try:
        people.add(user, reads, identities, visit.now.date())
    except Duplicate:
        return _page(visit, "there", 422)
    except BadRequest:
        return _page(visit, "name", 422)
    invite_anew(user, services.consent, identities, visit.now)
    return visit.redirect(f"start/people#{user}", "start.people.added", person=person_name(user))


def invite(visit: Visit) -> Response:
    """Make a link for somebody who is there; an open one ends."""
    services, user = visit.services, visit.args["user"]
    identities = services.store.identities
    require_connectable(user, identities)
    invite_anew(user, services.consent, identities, visit.now)
    return visit.redirect(f"start/people#{user}", "start.people.made", person=person_name(user))


def end(visit: Visit) -> Response:
    """End somebody's open link."""
    user, identities = visit.args["user"], visit.services.store.identities
    require_connectable(user, identities)
    end_links(user, identities, visit.now)
    return visit.redirect(f"start/people#{user}", "start.people.ended", person=person_name(user))


def _page(visit: Visit, wrong: str = "", status: int = 200) -> Response:
    services = visit.services
    everybody = services.store.overview.people()
    known = [
        _invited(user, one, visit)
        for user, one in everybody.items()
        if isinstance(one, Damaged) or KEPT_FROM not in one.settings
    ]
    return render(
        visit,
        "start-people",
        status,
        step=3,
        people=known,
        wrong=wrong,
        typed=visit.form.get("user", "") if wrong else "",
        reads=list(READS),
        ticked=visit.fields("read") if wrong else list(USUAL),
        waiting=any(one.state == INVITED for one in known),
        label=services.consent.label,
    )


def _invited(user: str, one: PersonOverview | Damaged, visit: Visit) -> Invited:
    name = person_name(user)
    link = None if isinstance(one, Damaged) else newest_link(one.invitations, visit.now)
    if link is None:
        return Invited(user, name, _state(one))
    address = visit.address(f"i/{link_code(link.invitation, visit.services.owner_key)}")
    path, size = qr_path(address)
    until = _until(link.until, visit)
    return Invited(user, name, INVITED, address, until, Markup(path), size)  # noqa: S704 - ours


def _state(one: PersonOverview | Damaged) -> str:
    if isinstance(one, Damaged):
        return DAMAGED
    if one.grant is None:
        return NEW
    return ENDED if from_clear_part(one.grant).health.ended_at else CONNECTED


def _until(at: datetime, visit: Visit) -> str:
    phrases = Phrases(visit.texts, None, visit.now)
    return f"{phrases.long_date(at.date())}, {phrases.time(at)} UTC"


def qr_path(text: str) -> tuple[str, int]:
    """Return the dark squares of *text* as a QR code, as the path of an SVG, and its width."""
    import segno  # noqa: PLC0415 - drawn on this page alone

    border = 1  # of the four that ISO/IEC 18004 asks for; the stylesheet's padding is the rest
    rows = segno.make_qr(text, error="m").matrix_iter(border=border)
    squares = [list(map(bool, row)) for row in rows]
    parts = [
        f"M{x},{y}h1v1h-1z" for y, row in enumerate(squares) for x, dark in enumerate(row) if dark
    ]
    return f'<path d="{"".join(parts)}"/>', len(squares)
