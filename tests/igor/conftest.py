"""A wearer with two days of measurements, and a household whose owner may change its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox import Sandbox
from sandbox.wearer import BodyFat, Day
from tests.household import Clock, Household, household_at
from tests.igor.expected import WEIGHTS
from tests.igor.recorder import Recorder
from tests.peers.igor import Igor

JUNE_2, JUNE_3 = date(2026, 6, 2), date(2026, 6, 3)
KINDS = {
    "capabilities": {},
    "no capabilities": {"capabilities": False},
    "TLS": {"tls": True},
    "TLS, no capabilities": {"tls": True, "capabilities": False},
}
"""Every kind of home, as `make_igor` makes it."""


@pytest.fixture(params=KINDS)
def any_igor(make_igor: Callable[..., Igor], request: pytest.FixtureRequest) -> Igor:
    """An Igor of the test's own, of one kind after the other."""
    return make_igor(**KINDS[request.param])


@pytest.fixture
def household_clock() -> Clock:
    """It is the second of the two days."""
    return Clock(datetime(2026, 6, 3, 15, tzinfo=UTC))


@pytest.fixture
def sandbox(household_clock: Clock) -> Iterator[Sandbox]:
    """Jack weighed himself on two mornings, once with body fat, and walked on both days."""
    with Sandbox(clock=household_clock.seconds) as running:
        wearer = running.wearer
        for measured in (wearer.weights, wearer.fats, wearer.days):
            measured.clear()
        first = wearer.weigh(datetime(2026, 6, 2, 7, 12), "82.6")
        wearer.fats.append(BodyFat(at=first.at, percent=Decimal("18.2"), log_id=first.log_id))
        wearer.weigh(datetime(2026, 6, 3, 7, 12), "82.4")
        wearer.days[JUNE_2] = Day(steps=8042, millimeters=6_000_000, kcal=2300)
        wearer.days[JUNE_3] = Day(steps=512, millimeters=400_000, kcal=2000)
        yield running


@pytest.fixture
def household_with(
    sandbox: Sandbox,
    household_clock: Clock,
    provider: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Household]]:
    """`household_with(igor_url=…)`; called again, the same store with the settings changed."""
    with ExitStack() as running:

        def start(**settings: str) -> Household:
            running.close()
            named = {f"HEALTHRELAY_{name.upper()}": value for name, value in settings.items()}
            chosen = {"HEALTHRELAY_PROVIDER": provider} | named
            return running.enter_context(
                household_at(tmp_path, sandbox, chosen, household_clock, monkeypatch)
            )

        yield start


@pytest.fixture
def pusher(household_with: Callable[..., Household]) -> Callable[..., Household]:
    """`pusher(igor_url=…)`: jack is connected, and what he weighs is pushed."""

    def start(**settings: str) -> Household:
        household = household_with(**settings)
        household.connect(**WEIGHTS)
        return household

    return start


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A server that writes down what it is asked, and says what a test wants it to say."""
    with Recorder() as running:
        yield running
