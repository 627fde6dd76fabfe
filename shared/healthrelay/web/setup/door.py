"""The door: the one-time link, the owner key, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Request, Response
from itsdangerous import BadData

from healthrelay.flows.grants.sessions import OWNER, PERSON, Session
from healthrelay.web.endpoint import secrets_equal
from healthrelay.web.setup import session as sessions
from healthrelay.web.setup.attempts import Attempts
from healthrelay.web.setup.links import spend_link
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.render import render
from healthrelay.web.setup.router import own_page

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit


_attempts = Attempts()


def open_page(visit: Visit) -> Response:
    """Open Today for the owner and their own page for a person; take a one-time link."""
    if link := visit.request.args.get("key", ""):
        return _open_link(link, visit)
    session = visit.session
    if session.kind == OWNER:
        from healthrelay.web.setup.today import show  # noqa: PLC0415 - signing in shows nobody

        return show(visit)
    if session.kind == PERSON:
        return visit.redirect(f"people/{session.user}")
    if session.ended:
        raise Problem("session-over", "sign-in")
    return visit.redirect("sign-in")


def show_sign_in(visit: Visit) -> Response:
    if visit.session.kind == OWNER:
        return visit.redirect(own_page(visit.request.args.get("next", "")))
    return _sign_in_page(visit, visit.request.args.get("next", ""))


def sign_in(visit: Visit) -> Response:
    """Open a session for who typed the owner key."""
    source, back = _source(visit.request), visit.form.get("next", "")
    if until := _attempts.paused_until(source, visit.now):
        raise Problem("too-many-tries", at=f"{until:%H:%M} UTC")
    if not secrets_equal(visit.form.get("owner_key", ""), visit.services.owner_key):
        left = _attempts.fail(source, visit.now)
        return _sign_in_page(visit, back, 403, left=left)
    _attempts.forget(source)
    visit.sign_in(Session(OWNER))
    return visit.redirect(own_page(back))


def sign_out(visit: Visit) -> Response:
    visit.sign_out()
    return visit.redirect("sign-in")


def sign_out_everywhere(visit: Visit) -> Response:
    sessions.end_all(visit.session, visit.services.store.identities)
    visit.sign_out()
    return visit.redirect("sign-in", notice="sign-in.everywhere")


def _open_link(link: str, visit: Visit) -> Response:
    """Sign the owner in by a link, once; only a GET spends it, and not for who is in already."""
    if visit.session.kind == OWNER or visit.request.method != "GET":
        return visit.redirect()
    try:
        is_first = spend_link(link, visit.services, visit.now)
    except BadData:
        raise Problem("link-old") from None
    if not is_first:
        raise Problem("link-spent")
    visit.sign_in(Session(OWNER))
    return visit.redirect()


def _sign_in_page(visit: Visit, back: str, status: int = 200, **words: object) -> Response:
    return render(visit, "sign-in", status, back=own_page(back), **{"left": None, **words})


def _source(request: Request) -> str:
    """Return who asks: the address that what stands before us wrote last, or the connection's."""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded or request.remote_addr or ""
