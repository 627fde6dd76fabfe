"""A household that sends to the receivers of docs/receivers, by the clock that they go by."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.household import WEIGHTS, Clock, Household
from tests.peers.process import CLOCK

Weigh = Callable[[int, str], str]


@pytest.fixture
def household_clock() -> Clock:
    """The machine's own time, which no test moves: a receiver refuses what is five minutes old."""
    seconds = subprocess.run(["date", "+%s"], capture_output=True, check=True).stdout
    return Clock(datetime.fromtimestamp(int(seconds), UTC))


@pytest.fixture
def env() -> dict[str, str]:
    """What a receiver's process is given: nothing of healthrelay's, and no moved clock."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in CLOCK and "HEALTHRELAY" not in name
    }


@pytest.fixture
def weigh(household: Household, household_clock: Clock) -> Weigh:
    """Let jack, of whom nothing else is known, step on his scale some days ago, and fetch."""
    wearer = household.sandbox.wearer
    wearer.clear()
    household.connect(**WEIGHTS)

    def act(days_ago: int, kilograms: str) -> str:
        """Return the day."""
        at = household_clock.now() - timedelta(days_ago)
        wearer.weigh(at.replace(tzinfo=None, hour=7), kilograms)
        household.fetched()
        return at.date().isoformat()

    return act
