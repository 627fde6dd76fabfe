"""What can go wrong in a household, done to a real one: each ends with lines that it wrote."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from datetime import timedelta

import pytest

from healthrelay import log
from healthrelay.assembly import services
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.trouble import Trouble
from healthrelay.flows.measurements.fanout import fan_out
from sandbox import Sandbox
from tests.flows.measurements.test_fanout import Names
from tests.household import Household
from tests.igor.recorder import Recorder, Say

WEIGHTS = {"methods": "time_series", "resource": "body/weight", "period": "1w"}
Bad = Callable[[Household, Sandbox, Recorder], None]


def grant_lost(jack: Household, sandbox: Sandbox, _igor: Recorder) -> None:
    """The wearer takes the consent back."""
    lose_grant(jack, sandbox, "jack")


def lose_grant(household: Household, sandbox: Sandbox, user: str) -> None:
    sandbox.revoke_grants()
    sandbox.expire_access_tokens()
    household.fetch(user)
    household.wait_a_minute(user)
    household.fetch(user)


def stale(jack: Household, sandbox: Sandbox, _igor: Recorder) -> None:
    """The provider fails for two days."""
    sandbox.fail("/dataTypes/", status=500)
    jack.fetch()
    queue, now = Names(), jack.services.now()

    def look() -> None:
        log.set_function("fetch")
        for hours in range(48):
            later = now + timedelta(hours=hours)
            fan_out(jack.services.store, queue, later, jack.services.log_event)

    copy_context().run(look)


def undelivered(jack: Household, _sandbox: Sandbox, igor: Recorder) -> None:
    """A home has been away for a day and a bit."""
    failing(jack, igor, attempt=7, hours=31.6)


def dead_letters(jack: Household, _sandbox: Sandbox, igor: Recorder) -> None:
    """A home has been away for all attempts."""
    failing(jack, igor, attempt=9, hours=75.6)


def switched_off(jack: Household, sandbox: Sandbox, _igor: Recorder) -> None:
    """The API is switched off at the provider's console."""
    sandbox.fail("/dataTypes/", status=410)
    jack.fetch()


def unset(jack: Household, _sandbox: Sandbox, _igor: Recorder) -> None:
    """A function is started without a setting that it needs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEALTHRELAY_PROVIDER", "another")
        services.cache_clear()
        assert jack.get("fetch").status_code == 500
    jack.rebuild()


def refused(jack: Household, _sandbox: Sandbox, igor: Recorder) -> None:
    """Igor does not take our key."""
    igor.say = Say(401)
    jack.delivered()


def failing(jack: Household, igor: Recorder, attempt: int, hours: float) -> None:
    """Igor answers 503, in an attempt so long after the first."""
    igor.say, now = Say(503), jack.services.now()
    since = now - timedelta(hours=hours)
    store = jack.services.store
    store.identities.remove("jack")
    jack.connect(**WEIGHTS)
    trouble = Trouble("try_later", "nobody", "Igor is away.", since)
    progress = Progress(state="failing", attempt=attempt, due=now, trouble=trouble)
    store.log.save("jack", "igor", progress)
    jack.fetched()
