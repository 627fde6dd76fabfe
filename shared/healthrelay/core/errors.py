"""What can go wrong, named by who must act.

HealthrelayError
├── BadRequest            the caller: one sentence that says what to change
│   ├── NotAllowed        the caller: a key, a cookie or an invitation is missing or wrong
│   ├── Unknown           the caller: no such person
│   ├── Unsupported       the caller: the provider has nothing of the kind; says which
│   └── Again             the wearer: this consent ended; connect once more
├── ReconnectNeeded       the wearer: consent again; carries who, and the cause
│   └── AccessRefused     nobody yet: a refreshed access token may still be taken
├── Misconfigured         the owner: carries the names of settings or the console step
│   └── NotConfigured     the owner: settings are missing, so nothing was tried
├── Refused               the owner: the provider will never do this; carries what and why
├── TryLater              nobody: carries the wait in seconds
│   └── RateLimited       nobody: the provider asks for a pause
└── Conflict              nobody: somebody else wrote first; read again

Messages carry ids and causes, never values, tokens or keys: the framework logs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from healthrelay.core.grants.diagnosis import Diagnosis


class HealthrelayError(Exception):
    """The root; its text is one sentence that a person can act on."""

    who = "nobody"
    cause = "unexpected"
    """One word for programs; more telling than the class where the same person must act."""
    diagnosis: Diagnosis | None = None
    """How the person's connection is, where that is known."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def named(self, cause: str) -> Self:
        """The same error with its *cause* named."""
        self.cause = cause
        return self


_SEVERITY = {"caller": "INFO", "nobody": "WARNING"}


def severity(error: HealthrelayError | None) -> str:
    """How loudly the log tells of *error*: an error where the owner or a wearer must act."""
    return _SEVERITY.get(error.who, "ERROR") if error else "INFO"


class BadRequest(HealthrelayError):
    """The caller must change something; *status* is the HTTP status that says so."""

    cause = "bad_request"
    who = "caller"

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


class NotAllowed(BadRequest):
    """No valid key, cookie or invitation came with the request."""

    cause = "not_allowed"

    def __init__(self, sentence: str, status: int = 401) -> None:
        super().__init__(sentence, status)


class Unknown(BadRequest):
    """The named person does not exist here."""

    cause = "unknown_user"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, 404)


class Unsupported(BadRequest):
    """The provider has nothing like it, now and later; one sentence names what."""

    cause = "unsupported"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, 422)


class Again(BadRequest):
    """This round of consent is over and stored nothing; the wearer may begin another."""

    cause = "consent_ended"

    who = "wearer"


class ReconnectNeeded(HealthrelayError):
    """The provider no longer honours the grant of *user*."""

    cause = "reconnect_needed"

    who = "wearer"

    def __init__(self, sentence: str, user: str = "") -> None:
        super().__init__(sentence)
        self.user = user


class AccessRefused(ReconnectNeeded):
    """An access token was refused before its time; refreshing it once may heal that."""

    cause = "access_refused"


class Misconfigured(HealthrelayError):
    """The owner must change settings (*names*) or something at the provider's console."""

    cause = "misconfigured"

    who = "owner"

    def __init__(self, sentence: str, names: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.names = names


NO_STORE_CLIENT = "no_store_client"
"""The cause of a `NotConfigured`: the store cannot be opened from here, by intention or not."""


class NotConfigured(Misconfigured):
    """Settings are missing or wrong here; no peer was asked."""

    cause = "not_configured"


class Refused(HealthrelayError):
    """The provider will never do *what*; asking again changes nothing."""

    cause = "refused"

    who = "owner"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what = what
        self.reason = reason


class TryLater(HealthrelayError):
    """A passing trouble: the same request may succeed after *after* seconds."""

    cause = "try_later"

    def __init__(self, sentence: str, after: int = 60) -> None:
        super().__init__(sentence)
        self.after = after


class RateLimited(TryLater):
    """The provider counts our calls and wants a pause of *after* seconds."""

    cause = "rate_limited"


class Conflict(HealthrelayError):
    """A compare-and-set lost against another writer."""

    cause = "conflict"
