"""Igor's 200 is not durable: what a power cut took from it is pushed again within a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from healthrelay.flows.delivery.deliver import deliver_due
from tests.household import Household
from tests.igor.expected import WEIGHTS, WEIGHTS_XML
from tests.peers.igor import Igor

pytestmark = pytest.mark.peer

SENSOR = "sensors/fitbit"


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param({}, id="capabilities"),
        pytest.param({"capabilities": False}, id="no capabilities"),
        pytest.param({"tls": True}, id="TLS"),
        pytest.param({"tls": True, "capabilities": False}, id="TLS, no capabilities"),
    ],
)
def test_an_igor_that_was_killed_gets_everything_again(
    household_with: Callable[..., Household], make_igor: Callable[..., Igor], kind: dict[str, bool]
) -> None:
    igor = make_igor(**kind)
    token = {"igor_token": igor.mint_push_token()} if igor.capabilities else {}
    ca = {"igor_ca": str(igor.verify)} if igor.tls else {}
    household = household_with(igor_url=igor.url, **token, **ca)
    household.connect(**WEIGHTS)
    igor.admin_get("/internal/save")  # what comes after this, Igor will have lost
    household.fetched()
    assert igor.data_xml(f"{SENSOR}/jack") == WEIGHTS_XML

    igor.kill()
    igor.start()

    assert igor.data_xml(SENSOR) == "<fitbit></fitbit>"
    context = household.services.delivery
    assert deliver_due(context) == {}
    tomorrow = household.services.now() + timedelta(days=1, minutes=1)
    done = deliver_due(context._replace(now=lambda: tomorrow))
    assert [each["igor"].trouble for each in done.values()] == [None]
    assert igor.data_xml(f"{SENSOR}/jack") == WEIGHTS_XML
