"""A sandbox on a fixed day, and a person who consents in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from sandbox import Sandbox
from tests.sandbox.person import FitbitPerson, GooglePerson

TODAY = date(2026, 6, 3)


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
