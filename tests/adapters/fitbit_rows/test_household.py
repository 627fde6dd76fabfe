"""A whole household's nights, meals and devices, fetched from either provider."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox import Sandbox
from tests.household import Household

METHODS = "sleep,foods_log,foods_log_water,get_devices,user_profile_get,time_series"
RESOURCES = "sleep/minutesAwake,activities/floors,body/weight"
NIGHTLY = {"sleep", "sleep-summary", "sleep-minutesAwake"}
OTHERS = {"activities-floors", "body-weight", "devices", "user"}


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_everything_is_read_and_read_again_without_a_change(
    household: Household, sandbox: Sandbox
) -> None:
    household.connect(methods=METHODS, resource=RESOURCES)
    first = sandbox.wearer.today() - timedelta(days=20)
    week = {"base_date": f"{first}", "end_date": f"{first + timedelta(days=13)}"}

    once = household.fetched(**week)
    twice = household.fetched(**week)

    assert "unavailable" not in once
    assert once["series"].keys() >= NIGHTLY | OTHERS
    assert (once["changed"], once["removed"]) == (0, 0)
    assert (twice["added"], twice["changed"], twice["removed"]) == (0, 0, 0)
    assert household.snapshot()["user"][0]["encodedId"] == sandbox.wearer.legacy_id
