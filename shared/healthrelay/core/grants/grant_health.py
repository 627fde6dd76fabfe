"""How a person's login is doing: pauses after failures, refusals, and when it is over.

A grant is declared dead only after two refusals at least a minute apart: providers have been
seen to refuse for a moment what they honour in the next. Everything else passes or is the
owner's to fix, and costs no login.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import (
    HealthrelayError,
    Misconfigured,
    OddDays,
    ReconnectNeeded,
    TryLater,
)

if TYPE_CHECKING:
    from healthrelay.core.trouble import Trouble

COOLDOWN = timedelta(seconds=30)
"""After a first failed refresh; each further one doubles it."""
MAX_COOLDOWN = timedelta(hours=1)
MIN_BETWEEN_REFUSALS = timedelta(seconds=60)
MAX_WAIT = timedelta(days=1)
"""No provider asks for more; a later instant was written by a clock that was wrong."""

NOTHING_ODD: OddDays = MappingProxyType({})


class GrantHealth(NamedTuple):
    """What is remembered between refreshes. The one without any trouble is ``GrantHealth()``."""

    failures: int = 0
    retry_at: datetime | None = None
    """No refresh before then."""
    refused_at: datetime | None = None
    """When the provider refused the grant, for the first time of maybe two."""
    ended_at: datetime | None = None
    """When the grant was declared dead: only a new consent helps."""
    refreshing: Trouble | None = None
    reading: Trouble | None = None
    """Trouble with the measurements themselves, as the newest fetch met it."""
    odd: OddDays = NOTHING_ODD
    """Points that could not be read, as the newest reading of each series met them."""

    def blocking_error(self, user: str, now: datetime) -> HealthrelayError | None:
        """Return why not to refresh at *now*; None when nothing speaks against it."""
        if self.ended_at:
            sentence = self.refreshing.sentence if self.refreshing else "The grant has ended."
            return ReconnectNeeded(sentence, user).with_cause("grant_ended")
        if self.retry_at and now < self.retry_at <= now + MAX_WAIT:
            wait = int((self.retry_at - now).total_seconds()) + 1
            if self.refused_at:
                sentence = f"The grant of {user} was refused once; it is tried again in {wait} s."
                return TryLater(sentence, wait).with_cause("refused_once")
            return TryLater(f"The token of {user} is refreshed again in {wait} s.", wait)
        return None

    def after_failure(
        self, error: HealthrelayError, now: datetime, last_chance: bool
    ) -> GrantHealth:
        """Return what to remember of a refresh that failed with *error*.

        *last_chance*: an earlier refresh was cut short, so that a provider whose tokens work
        once may have taken the old one already. Then one refusal is enough.
        """
        trouble = error.as_trouble(now, self.refreshing)
        if isinstance(error, ReconnectNeeded):
            first = self.refused_at or now
            if last_chance or now - first >= MIN_BETWEEN_REFUSALS:
                return self._replace(ended_at=now, refreshing=trouble)
            again = first + MIN_BETWEEN_REFUSALS
            return self._replace(refused_at=first, retry_at=again, refreshing=trouble)
        if isinstance(error, Misconfigured):
            # The owner fixes it and tries at once.
            return self._replace(retry_at=None, refreshing=trouble)
        pause = min(COOLDOWN * 2 ** min(self.failures, 12), MAX_COOLDOWN)
        if isinstance(error, TryLater):
            pause = max(pause, timedelta(seconds=error.after))
        return self._replace(failures=self.failures + 1, retry_at=now + pause, refreshing=trouble)
