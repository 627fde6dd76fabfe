"""An invitation: what lets its holder connect one person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import Expired

if TYPE_CHECKING:
    from datetime import datetime

INVITATION_AGE = timedelta(days=7)


class Invitation(NamedTuple):
    """What lets its holder connect *user*, and be asked for *scopes*."""

    user: str
    scopes: tuple[str, ...]
    person: str
    """The random id of the person."""
    id: str = ""
    """Its own id; none for one of an earlier version that may be used again."""
    brief: bool = False
    """Whether it is only a pass from a page of ours to ``auth1``, for minutes."""


class InvitationEnded(Expired):
    """It was good until *until*."""

    def __init__(self, until: datetime) -> None:
        super().__init__("This invitation has expired. Ask for a new one.")
        self.until = until
