"""A sandbox on a fixed day, and a person who consents in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from sandbox import Day, Levels, Sandbox
from tests.sandbox.person import FitbitPerson, GooglePerson

JUNE_1, TODAY = date(2026, 6, 1), date(2026, 6, 3)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_780_480_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(today=TODAY, clock=clock) as running:
        yield running


@pytest.fixture
def google(sandbox: Sandbox) -> GooglePerson:
    return GooglePerson(sandbox)


@pytest.fixture
def fitbit(sandbox: Sandbox) -> FitbitPerson:
    return FitbitPerson(sandbox)


@pytest.fixture
def token(google: GooglePerson) -> str:
    """An access token of Google's; a module with other needs has a fixture of its own."""
    return str(google.connect()["access_token"])


@pytest.fixture
def one_day(sandbox: Sandbox) -> None:
    """The wearer walked on the first of June, and that is all."""
    sandbox.wearer.clear()
    sandbox.wearer.days[JUNE_1] = Day(
        steps=8123,
        millimeters=6_012_345,
        kcal=Decimal("2213.4"),
        floors=9,
        climbed_mm=27_432,
        active_kcal=Decimal("612.2"),
        basal_kcal=Decimal("1601.2"),
        levels=Levels(sedentary=690, lightly=180, fairly=0, very=22),
    )
