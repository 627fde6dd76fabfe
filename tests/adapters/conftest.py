"""A wearer's access token at the sandbox, for tests of the providers."""

from __future__ import annotations

from datetime import date

import pytest

from healthrelay.core.token import Token
from sandbox import Sandbox
from tests.household import Household

TODAY = date(2026, 6, 3)


@pytest.fixture
def token(household: Household) -> Token:
    """A fresh grant of everything that is asked for."""
    household.connect()
    return household.services.grants.current("jack", household.services.now())


@pytest.fixture
def empty(sandbox: Sandbox) -> Sandbox:
    """The sandbox with a wearer who has measured nothing."""
    sandbox.wearer.weights.clear()
    sandbox.wearer.fats.clear()
    sandbox.wearer.days.clear()
    return sandbox
