"""Invitations as links: made by the owner, opened without being spent, ended.

The letters of a link are made of its id with the owner key, so that nothing in the store opens
anything, and the owner can look at a link again.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from healthrelay.core.damage import Damaged
from healthrelay.core.derived_keys import derive_key
from healthrelay.core.errors import BadRequest, Expired
from healthrelay.core.grants.invitation import INVITATION_AGE, Invitation, InvitationEnded
from healthrelay.core.grants.invitations import OpenInvitation
from healthrelay.flows.grants.rounds import scopes_for
from healthrelay.flows.grants.signed import SignedNotes

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.invitations import Invitations
    from healthrelay.ports.overview import Overview
    from healthrelay.ports.store import Identities

CODE_LETTERS = 22
"""128 bits in the alphabet of base64url."""


class FoundLink(NamedTuple):
    """Whom a link invites, by which invitation, and until when."""

    user: str
    invitation: str
    until: datetime


class OpenLink(NamedTuple):
    """An invitation whose link works until then."""

    invitation: str
    until: datetime


def invite(
    user: str, consent: Consent, identities: Identities, now: datetime, *, reusable: bool = False
) -> Invitation:
    """Return a new invitation for *user*, for one consent unless *reusable*. Raise `Unknown`."""
    made = secrets.token_hex(8)
    link = OpenInvitation(now + INVITATION_AGE, reusable)
    invitation = pass_for(user, made, consent, identities)._replace(brief=False)
    identities.change_invitations(user, lambda before: before.with_link(made, link, now))
    return invitation


def invite_anew(user: str, consent: Consent, identities: Identities, now: datetime) -> Invitation:
    """Return a new invitation in place of those of *user* whose links work. Raise `Unknown`."""
    end_links(user, identities, now)
    return invite(user, consent, identities, now)


def pass_for(user: str, invitation: str, consent: Consent, identities: Identities) -> Invitation:
    """Return what takes who holds *invitation* through ``auth1``, within minutes.

    Of an empty one: who is known to be *user*, or the owner. Raise `Unknown`.
    """
    scopes = scopes_for(user, consent, identities)
    person = identities.invitations(user).person
    # Who was made by an earlier version gets an id with the first invitation.
    person = person or identities.renew_invitations(user, person).person
    return Invitation(user, scopes, person, invitation, brief=True)


def invitation_path(invitation: Invitation, owner_key: str, now: datetime) -> str:
    """Return the path with which the invited person may go to the provider."""
    text = SignedNotes(owner_key).invitation(invitation, now)
    name = "pass" if invitation.brief else "invitation"
    return f"/auth1?{urlencode({'user': invitation.user, name: text})}"


def link_code(invitation: str, owner_key: str) -> str:
    """Return the letters of the link that opens *invitation*."""
    key = derive_key(owner_key, "invitation link")
    return base64.urlsafe_b64encode(hmac.digest(key, invitation.encode(), "sha256")[:16])[
        :CODE_LETTERS
    ].decode()


def find_link(code: str, owner_key: str, overview: Overview, now: datetime) -> FoundLink:
    """Return whom the link with the letters *code* invites.

    Raise `InvitationEnded` where it did until then, `Expired` where it was used or never was a
    link, and `BadRequest` for letters that were cut short.
    """
    if len(code) != CODE_LETTERS:
        raise BadRequest("This link is not whole.").with_cause("link_cut")
    for user, person in overview.people().items():
        if isinstance(person, Damaged):
            continue  # whose document is damaged invites nobody
        for name, link in person.invitations.open.items():
            if not hmac.compare_digest(link_code(name, owner_key).encode(), code.encode()):
                continue
            if name in person.invitations.used:
                raise Expired("This link was used before. Please ask the owner for a new one.")
            if now >= link.until:
                raise InvitationEnded(link.until)
            return FoundLink(user, name, link.until)
    raise Expired("This link is no longer good. Please ask the owner for a new one.")


def newest_link(stored: Invitations, now: datetime) -> OpenLink | None:
    """Return the newest of a person's *stored* invitations whose link works; None for none."""
    until = {name: stored.until(name, now) for name in stored.open}
    works = [OpenLink(name, at) for name, at in until.items() if at]
    return max(works, key=lambda one: one.until, default=None)


def end_links(user: str, identities: Identities, now: datetime) -> None:
    """Let no link of *user* work any more."""
    identities.change_invitations(user, lambda before: before.without_links(now))
