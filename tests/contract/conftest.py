"""One sandbox for all contracts: jack in June, a person who consented to everything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import requests

from sandbox import Sandbox
from tests.sandbox.person import FitbitPerson, GooglePerson, health

TODAY = date(2026, 6, 3)
AREAS = (
    *("activity_and_fitness", "health_metrics_and_measurements", "sleep", "nutrition"),
    *("profile", "settings", "ecg", "irn", "logged_symptoms", "reproductive_health"),
)
SCOPES = "activity heartrate nutrition profile settings sleep social weight"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    # Nine in the morning: last night's stages are not there yet.
    with Sandbox(today=TODAY, clock=lambda: 1_780_470_000.0) as running:
        running.google.per_minute = running.fitbit.per_hour = 1_000_000
        yield running


class Asking:
    """A person with a token in hand."""

    def __init__(self, person: Any, scopes: str) -> None:
        self.person = person
        self.token = str(person.connect(scope=scopes)["access_token"])

    def get(self, path: str, **parameters: Any) -> requests.Response:
        """An answer from below the user."""
        response: requests.Response = self.person.get(path, self.token, **parameters)
        return response


@pytest.fixture(scope="session")
def google(sandbox: Sandbox) -> Asking:
    return Asking(GooglePerson(sandbox), health(*AREAS))


@pytest.fixture(scope="session")
def fitbit(sandbox: Sandbox) -> Asking:
    return Asking(FitbitPerson(sandbox), SCOPES)
