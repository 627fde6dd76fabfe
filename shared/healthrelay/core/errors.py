"""What can go wrong, named by who must act.

HealthrelayError
├── Bug                   the owner: a defect of ours, to be reported
├── BadRequest            the caller: one sentence that says what to change
│   ├── NotAllowed        the caller: a key is missing or wrong
│   │   └── Forbidden     the caller: this key, invitation or browser gives no right to it
│   │       └── Expired   the caller: it gave a right once
│   ├── Unknown           the caller: no such person
│   ├── Unsupported       the caller: the provider has nothing of the kind; says which
│   ├── Duplicate         the caller: something of that name exists
│   ├── LimitReached      the caller: there are as many as there may be
│   ├── TooLarge          the caller, or us in parts: more than is taken at once
│   └── ConsentEnded      the wearer: this consent ended and stored nothing; connect again
│       ├── ConsentUsed   the wearer: its answer came before
│       ├── ConsentDenied the wearer: nothing was allowed
│       ├── ConsentFailed the wearer: the provider could not ask, or gave nothing lasting
│       └── WrongAccount  the wearer: choose the right account; or the owner moves the person
├── ReconnectNeeded       the wearer: consent again; carries who, and the cause
│   └── AccessRefused     nobody yet: a refreshed access token may still be taken
├── Misconfigured         the owner: carries the names of settings or the console step
│   ├── NotConfigured     the owner: settings are missing, so nothing was tried
│   └── Damaged, Unusable the owner: what a store holds, or its file (core/damage.py)
├── Refused               the owner: the provider will never do this; says what and why
├── OddData               nobody: some of what the provider sent could not be read; says which days
├── TryLater              nobody: carries the wait in seconds
│   ├── Unconfirmed       nobody: whose account it is could not be asked yet
│   └── RateLimited       nobody: the provider asks for a pause
└── Conflict              nobody: somebody else wrote first; read again

Messages carry ids and causes, never values, tokens or keys: the framework logs them. What each
is over HTTP stands in web/responses.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from datetime import datetime

    from healthrelay.core.trouble import Diagnosis, Trouble


OddDays = Mapping[str, Mapping[str, int]]
"""Series → local day (ISO text, ``""`` where it is not known) → how many points are odd."""


class HealthrelayError(Exception):
    """The root; its text is one sentence that a person can act on."""

    who = "nobody"
    cause = "unexpected"
    """One word for programs; says more than the class where the same person must act."""
    next_step = ""
    """What who must act does now, where the sentence does not say it."""
    diagnosis: Diagnosis | None = None
    """How the person's connection is, where that is known."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def with_cause(self, cause: str) -> Self:
        self.cause = cause
        return self

    def as_trouble(self, now: datetime | None = None, before: Trouble | None = None) -> Trouble:
        """Return the error as a trouble; the same as *before* began when that did."""
        from healthrelay.core.trouble import Trouble  # noqa: PLC0415 - a poll meets none

        same = before is not None and (before.cause, before.who) == (self.cause, self.who)
        since = before.since if before and same else now
        settings = self.names if isinstance(self, Misconfigured) else ()
        return Trouble(self.cause, self.who, self.sentence, since, settings, self.next_step)


def severity(error: HealthrelayError | Trouble | None) -> str:
    """Return the severity of *error* in the log: an error where the owner or a wearer must act."""
    return {"caller": "INFO", "nobody": "WARNING"}.get(error.who, "ERROR") if error else "INFO"


class Bug(HealthrelayError):
    """A defect of ours. Its sentence holds no text of the exception; the log has the place."""

    who = "owner"
    next_step = "Report it with the line of the log that says where."

    def __init__(self) -> None:
        super().__init__("Something unexpected went wrong here; the log says where.")


class BadRequest(HealthrelayError):
    cause = "bad_request"
    who = "caller"


class NotAllowed(BadRequest):
    cause = "not_allowed"


class Forbidden(NotAllowed):
    """What came with the request, or the lack of it, gives no right to this."""


class Expired(Forbidden):
    cause = "expired"


class Unknown(BadRequest):
    cause = "unknown_user"


class Unsupported(BadRequest):
    cause = "unsupported"


class Duplicate(BadRequest):
    cause = "duplicate"


class LimitReached(BadRequest):
    cause = "limit_reached"


class TooLarge(BadRequest):
    cause = "too_large"


class ConsentEnded(BadRequest):
    cause = "consent_ended"
    who = "wearer"


class ConsentUsed(ConsentEnded):
    """The answer of this round came before."""

    next_step = "Please start over."


class ConsentDenied(ConsentEnded):
    """The wearer allowed nothing."""


class ConsentFailed(ConsentEnded):
    """The provider could not ask, or gave no lasting permission."""


class WrongAccount(ConsentEnded):
    """*user* consented with an account that is not theirs."""

    cause = "wrong_account"

    def __init__(self, sentence: str, user: str) -> None:
        super().__init__(sentence)
        self.user = user
        self.next_step = (
            "Connect again and choose the right account; or the owner runs"
            f" `healthrelay move-account {user}`."
        )


class ReconnectNeeded(HealthrelayError):
    """The provider no longer honours the grant of *user*."""

    cause = "reconnect_needed"
    who = "wearer"

    def __init__(self, sentence: str, user: str = "") -> None:
        super().__init__(sentence)
        self.user = user


class AccessRefused(ReconnectNeeded):
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
    cause = "not_configured"


class Refused(HealthrelayError):
    """The provider will never do *what*; asking again changes nothing."""

    cause = "refused"
    who = "owner"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")


class OddData(HealthrelayError):
    """Some points of *series* could not be read and were set aside; the others were taken.

    *days* is local day (ISO text, ``""`` where it is not known) → how many points.
    """

    cause = "odd_data"
    next_step = (
        "Nothing is lost and nobody must act; to have it read one day, report the series,"
        " the days and the number, without any values."
    )

    def __init__(self, series: str, days: Mapping[str, int]) -> None:
        from healthrelay.core.trouble import odd_sentence  # noqa: PLC0415 - a poll meets none

        self.days = dict(days)
        super().__init__(odd_sentence({series: days}))


class TryLater(HealthrelayError):
    """A passing trouble: the same request may succeed *after* so many seconds."""

    cause = "try_later"

    def __init__(self, sentence: str, after: int = 60) -> None:
        super().__init__(sentence)
        self.after = after


class Unconfirmed(TryLater):
    """Whose account a grant opens is not known yet, so that nothing is read with it."""

    cause = "unconfirmed"


class RateLimited(TryLater):
    cause = "rate_limited"


class Conflict(HealthrelayError):
    cause = "conflict"
