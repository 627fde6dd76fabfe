"""A clock that is years away: nothing is read or stored by it.

A machine without a battery begins in 1970, and one whose clock broke may be thousands of years
ahead. Whatever was read by such a clock would be wanted, settled and removed by it, too.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from healthrelay.core.errors import HealthrelayError, Misconfigured

if TYPE_CHECKING:
    from healthrelay.core.grants.token import Grant
    from healthrelay.ports.peers import Provider

NEAR = timedelta(days=5 * 365)


def require_clock(
    now: datetime, last_read: str, provider: Provider, grant: Grant | None = None
) -> None:
    """Raise `Misconfigured` when *now* is years away from both clocks that we can look at.

    That of the *provider*, and the time of the store: *last_read* is when something was read
    last, in ISO form, or empty. With a *grant* the provider is asked if the store is far away.
    """
    if last_read and _is_near(now, datetime.fromisoformat(last_read)):
        return
    if grant and last_read:
        with suppress(HealthrelayError):
            provider.account(grant._replace(user=None))
    theirs = provider.clock()
    if theirs is None or _is_near(now, theirs):
        return
    error = Misconfigured(
        f"The clock of this machine says {now:%Y-%m-%d}, that of the provider {theirs:%Y-%m-%d}."
    )
    error.next_step = "Set the clock of this machine; nothing was read or stored by it."
    raise error.with_cause("clock")


def _is_near(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= NEAR
