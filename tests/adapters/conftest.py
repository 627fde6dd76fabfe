"""A wearer's access token at the sandbox, for tests of the providers."""

from __future__ import annotations

import pytest

from healthrelay.core.grants.token import Token
from sandbox import Sandbox
from tests.household import Household

EVERYTHING = {
    "methods": "time_series,sleep,foods_log,user_profile_get,get_devices",
    "resource": "body/weight,activities/steps,activities/heart",
}


@pytest.fixture
def token(household: Household) -> Token:
    """A fresh grant of everything that is asked for."""
    household.connect(**EVERYTHING)
    return household.services.grants.current("jack", household.services.now())


@pytest.fixture
def empty(sandbox: Sandbox) -> Sandbox:
    """The sandbox with a wearer who has measured nothing."""
    sandbox.wearer.weights.clear()
    sandbox.wearer.fats.clear()
    sandbox.wearer.days.clear()
    return sandbox
