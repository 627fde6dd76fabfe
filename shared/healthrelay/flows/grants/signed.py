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
from healthrelay.core.grants.invitation import INVITATION_AGE, Invitation, InvitationEnded

STATE_AGE = timedelta(minutes=10)
MAX_AHEAD = timedelta(minutes=5)
"""How far in the future a note may have been signed: the clocks of two machines differ."""

_CLOCKS = "This was signed by a computer whose clock is ahead of ours: set both clocks right."

_TOO_SLOW = "This took longer than ten minutes. Please start over."

SignedNote = Mapping[str, str]
"""What a note says; its values are texts."""


class _SignedAhead(BadData):
    """Another machine signed the note, whose clock is ahead of ours by more than `MAX_AHEAD`."""


class SignedNotes:
    """Notes signed and checked with the *owner_key*."""

    def __init__(self, owner_key: str) -> None:
        self._secret = owner_key

    def state(self, note: SignedNote, now: datetime) -> str:
        return self.sign("state", note, now)

    def read_state(self, text: str, now: datetime) -> SignedNote:
        """Return the note. Raise `ConsentEnded` after ten minutes, `BadRequest` when not ours."""
        try:
            return self.read("state", text, now, STATE_AGE)
        except SignatureExpired as error:
            raise ConsentEnded(_TOO_SLOW).with_cause("too_slow") from error
        except _SignedAhead as error:
            raise ConsentEnded(f"{_CLOCKS} Then start over.") from error
        except BadData as error:
            sentence = "This address is not one that we gave out."
            raise BadRequest(sentence).with_cause("link_cut") from error

    def whatever_age(self, purpose: str, text: str, now: datetime) -> SignedNote:
        """Return the note in *text*, however old it is; nothing unless we signed it."""
        try:
            note = self._serializer(purpose, now).loads(text)
        except BadData:
            return {}
        return note if isinstance(note, dict) else {}

    def invitation(self, invitation: Invitation, now: datetime) -> str:
        """Return the text of the *invitation*, good for seven days; of a pass for ten minutes."""
        purpose = "pass" if invitation.brief else "invitation"
        note = {
            "user": invitation.user,
            "scopes": " ".join(invitation.scopes),
            "person": invitation.person,
            "id": invitation.id,
        }
        return self.sign(purpose, note, now)

    def read_invitation(
        self, text: str, user: str, now: datetime, *, brief: bool = False
    ) -> Invitation:
        """Return the invitation. Raise `Forbidden` unless *text* invites *user* now.

        Whether the person is still there, and whether it was used, only the store knows.
        """
        try:
            age = STATE_AGE if brief else INVITATION_AGE
            note = self.read("pass" if brief else "invitation", text, now, age)
        except SignatureExpired as error:
            if brief:
                raise ConsentEnded(_TOO_SLOW).with_cause("too_slow") from error
            signed_at = error.date_signed or now - INVITATION_AGE
            raise InvitationEnded(signed_at + INVITATION_AGE) from error
        except _SignedAhead as error:
            raise Forbidden(f"{_CLOCKS} Then make a new invitation.") from error
        except BadData as error:
            sentence = "This invitation is not one that we gave out."
            raise Forbidden(sentence).with_cause("link_cut") from error
        if note.get("user") != user:
            raise Forbidden("This invitation is for somebody else.")
        if not note.get("person"):
            sentence = "An earlier version of healthrelay made this invitation."
            raise Expired(f"{sentence} Please ask the owner for a new one.")
        scopes = tuple(note.get("scopes", "").split())
        return Invitation(user, scopes, note["person"], note.get("id", ""))

    def browser(self, nonce: str) -> str:
        """Return the cookie of the browser that began the round *nonce*; no other knows it."""
        return hmac.digest(derive_key(self._secret, "browser"), nonce.encode(), "sha256").hex()

    def sign(self, purpose: str, note: SignedNote, now: datetime) -> str:
        """Return *note* as a text that passes for no other *purpose*."""
        return self._serializer(purpose, now).dumps(dict(note))

    def read(self, purpose: str, text: str, now: datetime, age: timedelta) -> SignedNote:
        """Return the note in *text*. Raise `BadData` unless it is ours and of this *age*."""
        note, signed_at = self._serializer(purpose, now).loads(text, return_timestamp=True)
        if signed_at - now > MAX_AHEAD:
            raise _SignedAhead("signed in the future")
        if now - signed_at > age:
            raise SignatureExpired("signed too long ago", date_signed=signed_at)
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
