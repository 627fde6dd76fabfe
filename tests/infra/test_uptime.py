"""Whether a poll would be answered is asked from outside, without a key."""

from __future__ import annotations

import pytest

from tests.infra.plans import Plan
from tests.peers.terraform import PROJECT

# One process asks Terraform; more would wait for each other.
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("terraform")]


def test_relay_is_asked_how_it_is_over_tls(full: Plan) -> None:
    check = full.all("monitoring_uptime_check_config")["relay"]
    (asked,) = check["http_check"]
    (place,) = check["monitored_resource"]

    assert (asked["path"], asked["use_ssl"], asked["validate_ssl"]) == ("/relay?health", True, True)
    assert asked["accepted_response_status_codes"][0]["status_value"] == 200
    assert place["labels"]["host"] == f"europe-west1-{PROJECT}.cloudfunctions.net"
    assert len(check["selected_regions"]) == 3  # the fewest that Google accepts


def test_its_silence_raises_an_alert_and_ends_with_the_functions(full: Plan, resting: Plan) -> None:
    alert = full.all("monitoring_alert_policy")["relay"]

    assert alert["severity"] == "ERROR"
    assert resting.all("monitoring_uptime_check_config") == {}
    assert "relay" not in resting.all("monitoring_alert_policy")
