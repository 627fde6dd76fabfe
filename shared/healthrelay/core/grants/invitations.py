"""Invitations: whom they are for, and which of them were used.

An invitation names the random id of a person, so that it ends with them: who is erased and made
again has another id. Unless it is reusable it has an id of its own, and the consent that connects
marks it as used.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from healthrelay.core.errors import Expired
from healthrelay.core.json import instant, require

if TYPE_CHECKING:
    from healthrelay.core.json import Document

INVITATION_AGE = timedelta(days=7)
_MARK_AGE = INVITATION_AGE + timedelta(days=1)
"""How long a mark is kept: by then the invitation has expired, whoever's clock is right."""


class Invitation(NamedTuple):
    """What lets its holder connect *user*, and be asked for *scopes*."""

    user: str
    scopes: tuple[str, ...]
    person: str
    """The random id of the person."""
    id: str = ""
    """Its own id; none when it may be used again."""


class Admission(NamedTuple):
    """By which invitation of which person a grant is stored, at what instant."""

    person: str
    invitation: str
    at: datetime


class Invitations(NamedTuple):
    """What is stored of a person's invitations."""

    person: str = ""
    """Their random id; empty for somebody of an earlier version who was never invited since."""
    used: Mapping[str, datetime] = {}
    """Invitation → when it connected."""

    @classmethod
    def create(cls) -> Invitations:
        """Return those of a person who is new."""
        return cls(secrets.token_hex(8))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Invitations:
        used = {name: instant(at) for name, at in document["used"].items()}
        return cls(require(document["person"], str), used)

    def to_document(self) -> Document:
        return {
            "person": self.person,
            "used": {name: at.isoformat() for name, at in sorted(self.used.items())},
        }

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
        if admission.invitation:
            recent[admission.invitation] = admission.at
        return self._replace(used=recent)
