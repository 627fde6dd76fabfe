"""Invitations: whom they are for, and which of them were used.

An invitation names the random id of a person, so that it ends with them: who is erased and made
again has another id. Unless it is reusable, the consent that connects marks it as used.

One that is opened as a link, ``/setup/i/…``, stands with the person until it ends. What is stored
is its id; the letters of the link are made of that with the owner key, so that a copy of the store
opens nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from healthrelay.core.errors import Expired
from healthrelay.core.grants.invitation import INVITATION_AGE
from healthrelay.core.json import instant, require

if TYPE_CHECKING:
    from healthrelay.core.json import Document, Json

_MARK_AGE = INVITATION_AGE + timedelta(days=1)
"""How long a mark is kept: by then the invitation has expired, whoever's clock is right."""


class Admission(NamedTuple):
    """By which invitation of which person a grant is stored, at what instant."""

    person: str
    invitation: str
    at: datetime


class OpenInvitation(NamedTuple):
    """One that a link opens."""

    until: datetime
    reusable: bool = False


class Invitations(NamedTuple):
    """What is stored of a person's invitations."""

    person: str = ""
    """Their random id; empty for somebody of an earlier version who was never invited since."""
    used: Mapping[str, datetime] = {}
    """Invitation → when it connected."""
    open: Mapping[str, OpenInvitation] = {}
    """Invitation → until when its link works; used ones among them."""

    @classmethod
    def create(cls) -> Invitations:
        """Return those of a person who is new."""
        return cls(secrets.token_hex(8))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Invitations:
        used = {name: instant(at) for name, at in document["used"].items()}
        links = {name: _read_open(entry) for name, entry in document.get("open", {}).items()}
        return cls(require(document["person"], str), used, links)

    def to_document(self) -> Document:
        links: dict[str, Json] = {
            name: [one.until.isoformat(), one.reusable] for name, one in sorted(self.open.items())
        }
        return {
            "person": self.person,
            "used": {name: at.isoformat() for name, at in sorted(self.used.items())},
            **({"open": links} if links else {}),
        }

    def with_link(self, invitation: str, link: OpenInvitation, now: datetime) -> Invitations:
        """Return them with another link; what ended long ago is forgotten."""
        recent = {name: one for name, one in self.open.items() if now - one.until < INVITATION_AGE}
        return self._replace(open={**recent, invitation: link})

    def until(self, invitation: str, now: datetime) -> datetime | None:
        """Return until when the link of *invitation* works; None when it does not."""
        link = self.open.get(invitation)
        works = link and invitation not in self.used and now < link.until
        return link.until if link and works else None

    def without_links(self, now: datetime) -> Invitations:
        """Return them with every link ended, also for who has opened one already."""
        return self._replace(used={**self.used, **dict.fromkeys(self.open, now)}, open={})

    def reopened(self, at: datetime) -> Invitations:
        """Return them as before the consent of *at*: its invitation works again.

        They are of another person's id, so that who holds the one of now is out.
        """
        left = {name: used for name, used in self.used.items() if used != at}
        return self.create()._replace(used=left, open=self.open)

    def require(self, person: str, invitation: str) -> None:
        """Raise `Expired` unless *invitation*, made for *person*, still admits."""
        if not person or person != self.person:
            raise Expired("This invitation is no longer good. Please ask the owner for a new one.")
        if invitation in self.used:
            raise Expired("This invitation was used before. Please ask the owner for a new one.")

    def spend(self, admission: Admission) -> Invitations:
        """Return them with one used; what expired long ago is forgotten. Raise as `require`."""
        self.require(admission.person, admission.invitation)
        recent = {name: at for name, at in self.used.items() if admission.at - at < _MARK_AGE}
        link = self.open.get(admission.invitation)
        if admission.invitation and not (link and link.reusable):
            recent[admission.invitation] = admission.at
        return self._replace(used=recent)


def _read_open(entry: Any) -> OpenInvitation:
    until, reusable = entry
    return OpenInvitation(instant(until), require(reusable, bool))
