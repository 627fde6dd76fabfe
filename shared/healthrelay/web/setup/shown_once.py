"""What is shown once: the page after a press has it, and a reload has not.

The press leaves a signed cookie that names what was made and holds no key; the next page of that
session takes it away.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from itsdangerous import BadData

from healthrelay.flows.grants.signed import SignedNotes

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit

SHOW_ONCE = timedelta(minutes=5)
"""So long after it was made it may be shown."""
_COOKIE = "keys"


def show_once(visit: Visit, **note: str) -> None:
    """Let the next page of this session know what was made; the *note* is no secret."""
    signed = SignedNotes(visit.services.owner_key).sign(
        _COOKIE, {**note, "session": visit.session.id}, visit.now
    )
    visit.set_cookie(_COOKIE, signed, SHOW_ONCE)


def take_note(visit: Visit) -> dict[str, str]:
    """Return the note of what was made, and take it away; nothing where there is none."""
    text = visit.cookie(_COOKIE)
    if not text:
        return {}
    visit.set_cookie(_COOKIE, "", timedelta())
    try:
        note = dict(SignedNotes(visit.services.owner_key).read(_COOKIE, text, visit.now, SHOW_ONCE))
    except BadData:
        return {}
    return note if note.pop("session", "") == visit.session.id else {}
