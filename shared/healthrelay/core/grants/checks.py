"""What a connection tells of the project at the provider: is its API on, is it in Testing?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import HealthrelayError
from healthrelay.core.grants.diagnosis import TESTING

if TYPE_CHECKING:
    from healthrelay.core.grants.token import Account, Token

YES, NO, LATER = "yes", "no", "later"
API, PRODUCTION, ACCOUNT = "api", "production", "account"
API_OFF = "service_disabled"
"""The cause of an error of an API that is switched off in the project."""


class Check(NamedTuple):
    """Whether *name* holds: `YES`, `NO`, or `LATER` where nobody can tell yet."""

    name: str
    state: str


UNKNOWN = (Check(API, LATER), Check(PRODUCTION, LATER), Check(ACCOUNT, LATER))
"""What is known before anybody is connected."""


def connection_checks(
    token: Token, answer: Account | HealthrelayError | None = None
) -> tuple[Check, ...]:
    """Return what *token* tells; *answer* is that of the provider just now to whose it is.

    Without one, whose account it is was known when they connected, or was not; and the newest
    fetch met that the API is off, or did not.
    """
    if isinstance(answer, HealthrelayError):
        api, account = (NO if answer.cause == API_OFF else LATER), LATER
    else:
        trouble = token.health.reading
        known = answer.id if answer else token.account.id
        off = answer is None and trouble is not None and trouble.cause == API_OFF
        api = NO if off else YES if known else LATER
        account = LATER if not (known and token.account.id) else _same(known, token.account.id)
    production = NO if is_testing(token) else YES
    return Check(API, api), Check(PRODUCTION, production), Check(ACCOUNT, account)


def is_testing(token: Token) -> bool:
    """Return whether the grant lives as short as those of a project in Testing."""
    since, ends = token.connected_at, token.grant.refresh_expires_at
    return since is not None and ends is not None and ends - since <= TESTING


def _same(one: str, other: str) -> str:
    return YES if one == other else NO
