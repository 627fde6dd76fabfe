"""Who is signed in at the page: a signed note, which ends by time or with what it is bound to.

An owner's session is bound to a version that the store keeps, a person's to their random id: when
that changes, every session bound to it ends, and with another owner key all of them. ``auth2``
begins one for who has just consented; everything else of sessions is the page's.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from itsdangerous import BadData

from healthrelay.core.damage import Damaged
from healthrelay.core.errors import Unknown
from healthrelay.flows.grants.signed import SignedNotes

if TYPE_CHECKING:
    from healthrelay.ports.store import Identities

SESSION_AGE = timedelta(hours=12)
OWNER, PERSON, VISITOR = "owner", "person", ""
VERSION = "session_version"
"""The application's value to which the owner's sessions and one-time links are bound."""


class Session(NamedTuple):
    """The owner, one *user*, or a visitor whom nobody knows."""

    kind: str = VISITOR
    user: str = ""
    bound: str = ""
    """The version, or the person's random id, that the store must still have."""
    id: str = ""
    ended: bool = False
    """Whether there was one, which is over."""


def begin(session: Session, identities: Identities) -> Session:
    """Return *session* with a new id, bound to what the store has now."""
    bound = _bound(session, identities) if session.kind else ""
    return session._replace(id=secrets.token_hex(16), bound=bound, ended=False)


def sign_session(session: Session, owner_key: str, now: datetime) -> str:
    note = {"kind": session.kind, "user": session.user, "bound": session.bound, "id": session.id}
    return SignedNotes(owner_key).sign("session", note, now)


def read_session(text: str, owner_key: str, identities: Identities, now: datetime) -> Session:
    """Return the session of the cookie *text*; a visitor's when it is not ours or is over."""
    if not text:
        return Session()
    try:
        note = SignedNotes(owner_key).read("session", text, now, SESSION_AGE)
        session = Session(note["kind"], note["user"], note["bound"], note["id"])
    except (BadData, KeyError):
        return Session(ended=True)
    try:
        ended = session.kind and session.bound != _bound(session, identities)
    except Damaged:  # whoever else uses this browser must not meet it
        ended = True
    return Session(ended=True) if ended else session


def cookie_name(name: str, public_url: str) -> str:
    """Return the cookie's name; with its prefix no other host and no http page can set it."""
    return f"__Host-{name}" if public_url.startswith("https://") else name


def owner_version(identities: Identities) -> str:
    """Return that to which the owner's sessions and links are bound."""
    return identities.application().get(VERSION, "1")


def _bound(session: Session, identities: Identities) -> str:
    if session.kind == OWNER:
        return owner_version(identities)
    try:
        return identities.invitations(session.user).person
    except Unknown:
        return "nobody"
