"""A wearer's access token at the sandbox, for tests of the providers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from healthrelay.core.grants.token import Token
from healthrelay.core.measurements.reading import Window
from sandbox import Sandbox
from tests.adapters.reading import MONDAY, SUNDAY, read_window
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
def read_week(household: Household, token: Token) -> Callable[[str], Any]:
    """`read_week("weight")`: the elements of a series from Monday to Sunday."""
    provider, access = household.services.provider, token.grant.access
    return lambda series: read_window(
        provider, access, Window(series, MONDAY, SUNDAY), token.account
    )


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let oauthlib do without TLS, as our services do when the provider is on this machine."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def empty(sandbox: Sandbox) -> Sandbox:
    """The sandbox with a wearer who has measured nothing."""
    sandbox.wearer.weights.clear()
    sandbox.wearer.fats.clear()
    sandbox.wearer.days.clear()
    return sandbox
