"""What the page binds to a session: the token of each form, and what a change has to say once.

The token of a form is bound to the session's id; it is another one on each page, so that no
compressed answer gives it away.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from itsdangerous import BadData

from healthrelay.core.derived_keys import derive_key
from healthrelay.flows.grants.sessions import PERSON, VERSION, Session
from healthrelay.flows.grants.signed import SignedNotes
from healthrelay.flows.household.application import amend

if TYPE_CHECKING:
    from healthrelay.ports.store import Identities
    from healthrelay.web.services import WebServices

NOTICE_AGE = timedelta(minutes=5)
_SALT = 8


def end_all(session: Session, identities: Identities) -> None:
    """End every session of who holds this one; a person's open invitations end with theirs."""
    if session.kind == PERSON:
        identities.renew_invitations(session.user, session.bound)
    else:
        amend(identities, lambda before: {**before, VERSION: secrets.token_hex(8)})


def csrf_token(session: Session, owner_key: str) -> str:
    salt = secrets.token_hex(_SALT)
    return salt + _csrf_proof(salt, session, owner_key)


def is_csrf_token(token: str, session: Session, owner_key: str) -> bool:
    salt, proof = token[: 2 * _SALT], token[2 * _SALT :]
    right = _csrf_proof(salt, session, owner_key)
    return bool(session.id) and hmac.compare_digest(proof.encode(), right.encode())


def sign_notice(note: Mapping[str, str], session: Session, services: WebServices) -> str:
    notes = SignedNotes(services.owner_key)
    return notes.sign("notice", {**note, "session": session.id}, services.now())


def read_notice(text: str, session: Session, services: WebServices) -> dict[str, str]:
    """Return the values of a notice and, under the empty name, its text's key; none of others."""
    try:
        notes = SignedNotes(services.owner_key)
        note = dict(notes.read("notice", text, services.now(), NOTICE_AGE))
    except BadData:
        return {}
    return note if note.pop("session", "") == session.id else {}


def _csrf_proof(salt: str, session: Session, owner_key: str) -> str:
    key = derive_key(owner_key, "csrf")
    return hmac.digest(key, f"{salt} {session.id}".encode(), "sha256").hex()
