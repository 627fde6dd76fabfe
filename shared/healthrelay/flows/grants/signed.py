"""Signed, expiring notes that we hand to a browser and get back.

Keys derived from the owner key make all of them, one for each purpose, so that an invitation
never passes for a state. A note carries no secret: whoever holds it may read it.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from healthrelay.core.derived_keys import derive_key
from healthrelay.core.errors import BadRequest, ConsentEnded, Expired, Forbidden
from healthrelay.core.grants.invitations import INVITATION_AGE, Invitation

STATE_AGE = timedelta(minutes=10)
OWNER_AGE = timedelta(days=30)
MAX_AHEAD = timedelta(minutes=5)
"""How far in the future a note may have been signed: the clocks of two machines differ."""

_CLOCKS = "This was signed by a computer whose clock is ahead of ours: set both clocks right."

SignedNote = Mapping[str, str]
"""What a note says; its values are texts."""


class _SignedAhead(BadData):
    """Another machine signed the note, whose clock is ahead of ours by more than `MAX_AHEAD`."""


class SignedNotes:
    """Notes signed and checked with the *owner_key*."""

    def __init__(self, owner_key: str) -> None:
        self._secret = owner_key

    def state(self, note: SignedNote, now: datetime) -> str:
        return self._sign("state", note, now)

    def read_state(self, text: str, now: datetime) -> SignedNote:
        """Return the note. Raise `ConsentEnded` after ten minutes, `BadRequest` when not ours."""
        try:
            return self._read("state", text, now, STATE_AGE)
        except SignatureExpired as error:
            raise ConsentEnded("This took longer than ten minutes. Please start over.") from error
        except _SignedAhead as error:
            raise ConsentEnded(f"{_CLOCKS} Then start over.") from error
        except BadData as error:
            raise BadRequest("This address is not one that we gave out.") from error

    def state_user(self, text: str, now: datetime) -> str:
        """Return whom a state is about, however old it is; nothing unless we signed it."""
        try:
            return str(self._serializer("state", now).loads(text)["user"])
        except (BadData, KeyError, TypeError):
            return ""

    def invitation(self, invitation: Invitation, now: datetime) -> str:
        """Return the text of the *invitation*, good for seven days."""
        note = invitation._asdict() | {"scopes": " ".join(invitation.scopes)}
        return self._sign("invitation", note, now)

    def read_invitation(self, text: str, user: str, now: datetime) -> Invitation:
        """Return the invitation. Raise `Forbidden` unless *text* invites *user* now.

        Whether the person is still there, and whether it was used, only the store knows.
        """
        try:
            note = self._read("invitation", text, now, INVITATION_AGE)
        except SignatureExpired as error:
            raise Expired("This invitation has expired. Ask for a new one.") from error
        except _SignedAhead as error:
            raise Forbidden(f"{_CLOCKS} Then make a new invitation.") from error
        except BadData as error:
            raise Forbidden("This invitation is not one that we gave out.") from error
        if note.get("user") != user:
            raise Forbidden("This invitation is for somebody else.")
        if not note.get("person"):
            sentence = "An earlier version of healthrelay made this invitation."
            raise Expired(f"{sentence} Please ask the owner for a new one.")
        scopes = tuple(note.get("scopes", "").split())
        return Invitation(user, scopes, note["person"], note.get("id", ""))

    def owner(self, now: datetime) -> str:
        return self._sign("owner", {}, now)

    def is_owner(self, text: str, now: datetime) -> bool:
        """Return whether *text* is an owner's cookie of the last thirty days."""
        try:
            self._read("owner", text, now, OWNER_AGE)
        except BadData:
            return False
        return True

    def browser(self, nonce: str) -> str:
        """Return the cookie of the browser that began the round *nonce*; no other knows it."""
        return hmac.digest(derive_key(self._secret, "browser"), nonce.encode(), "sha256").hex()

    def _sign(self, purpose: str, note: SignedNote, now: datetime) -> str:
        return self._serializer(purpose, now).dumps(dict(note))

    def _read(self, purpose: str, text: str, now: datetime, age: timedelta) -> SignedNote:
        note, signed_at = self._serializer(purpose, now).loads(text, return_timestamp=True)
        if signed_at - now > MAX_AHEAD:
            raise _SignedAhead("signed in the future")
        if now - signed_at > age:
            raise SignatureExpired("signed too long ago")
        if not isinstance(note, dict) or not all(isinstance(v, str) for v in note.values()):
            raise BadData("not a note")
        return note

    def _serializer(self, purpose: str, now: datetime) -> URLSafeTimedSerializer:
        class Clocked(TimestampSigner):
            """A signer that takes the time from the caller, as everything else here does."""

            def get_timestamp(self) -> int:
                return int(now.timestamp())

        key = derive_key(self._secret, purpose)
        return URLSafeTimedSerializer(key, salt=f"healthrelay {purpose}", signer=Clocked)
