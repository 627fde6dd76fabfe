"""A provider, a clock or a store in trouble: nothing is lost, and the next run heals it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from healthrelay.core.errors import HealthrelayError, TryLater
from healthrelay.core.measurements.ledger import State
from tests.crash.home import LATER, Home
from tests.crash.steps import Refusing, Steps, Unanswered

pytestmark = [pytest.mark.peer, pytest.mark.parametrize("provider", ["google_health", "fitbit"])]

STORE = ("identities", "tokens", "records", "log")
PLACES = {"token": "/token$", "data": "/(body|dataTypes)/"}
RESTED = timedelta(hours=2)
"""After this long no pause after a failure lasts any more."""

FAULTS: dict[str, Mapping[str, Any]] = {
    "429": {"status": 429},
    "429 with a wait": {"status": 429, "headers": {"Retry-After": "77"}},
    "500": {"status": 500},
    "503": {"status": 503},
    "410": {"status": 410, "body": "<html>Gone</html>"},
    "HTML": {"status": 200, "body": "<html>Sign in to this network</html>"},
    "nothing": {"status": 200, "body": ""},
    "no connection": {"mode": "drop"},
    "half a body": {"mode": "half"},
}


def kept(home: Home) -> list[object]:
    """What no trouble may change: measurements, what is settled or missing, the log, the login."""
    store, grant = home.services.store, home.services.grants.load("jack").grant
    ledger = store.records.ledger("jack")
    settled = [list(days.where([State.SETTLED, State.EMPTY])) for days in ledger.days.values()]
    return [
        store.records.everything("jack"),
        (list(filter(None, settled)), ledger.marks),
        store.log.head("jack"),
        (grant.access, grant.refresh),
    ]


@pytest.mark.parametrize("where", PLACES)
def test_a_provider_in_trouble_costs_nothing(home: Home, where: str) -> None:
    home.connect()
    # When it will be healed: midnight may lie between that and the trouble.
    home.now += LATER + RESTED
    home.here("fetch", query={})
    home.now -= RESTED
    expected = home.content()
    google = home.services.settings.provider == "google_health"

    for fault, trouble in FAULTS.items():
        home.begin_anew()
        before = kept(home)
        home.sandbox.fail(PLACES[where], times=50, **trouble)
        if where == "token" and fault == "half a body" and google:
            # The first half has the whole access token, and the refresh token stays good.
            home.here("fetch", query={})
        else:
            with pytest.raises(HealthrelayError):
                home.here("fetch", query={})
            if where == "token":
                assert kept(home) == before, fault
            assert kept(home)[:3] == before[:3], fault
        home.sandbox.reset()

        home.now += RESTED
        home.here("fetch", query={})
        home.now -= RESTED
        assert home.content() == expected, fault


def test_an_answer_that_drips_arrives_whole(home: Home) -> None:
    home.connect()
    home.now += LATER
    for path in PLACES.values():
        home.sandbox.fail(path, mode="slow", pause=0.0005)

    home.here("fetch", query={})

    assert home.services.store.log.head("jack") == 1
    home.here("fetch", query={})
    assert home.services.store.log.head("jack") == 1


@pytest.mark.parametrize("jump", [timedelta(days=-2), timedelta(days=400)])
def test_a_clock_that_jumps_and_comes_back_costs_nothing(home: Home, jump: timedelta) -> None:
    home.connect()
    # Also the days that a week has when it ends two days earlier.
    home.here("fetch", query={"period": "1m"})
    expected = home.content()

    home.now += jump
    home.here("fetch", query={})
    home.now -= jump
    home.here("fetch", query={})

    assert home.content()[:3] == expected[:3]
    assert home.services.store.log.head("jack") == home.content()[5]


@pytest.mark.parametrize("kind", [Refusing, Unanswered])
def test_a_store_in_trouble_at_any_step_costs_nothing(home: Home, kind: type[Steps]) -> None:
    home.connect()
    home.now += LATER
    taken = home.child("fetch", query={})
    expected = home.content()

    for last, step in enumerate(taken):
        if step.partition(".")[0] not in STORE:
            continue
        home.begin_anew()
        steps = kind(last)
        with home.watched(steps) as troubled, suppress(TryLater):
            # Trouble while delivering is told, not raised.
            home.elsewhere(troubled, "fetch", query={})
        assert steps.struck
        home.heal("fetch", query={})

        assert home.content() == expected, step
