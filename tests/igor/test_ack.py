"""Igor says back which state it has, with the action that we print, to the relay itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from healthrelay.flows.delivery.events import cursor
from tests.household import Household
from tests.igor.expected import FIRST_XML, WEIGHTS, WEIGHTS_XML
from tests.igor.printed import blocks, igor_config, run_commands
from tests.peers.igor import Igor

pytestmark = pytest.mark.peer

JACK = "sensors/fitbit/jack"


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param({}, id="capabilities"),
        pytest.param({"capabilities": False}, id="no capabilities"),
        pytest.param({"tls": True}, id="TLS"),
        pytest.param({"tls": True, "capabilities": False}, id="TLS, no capabilities"),
    ],
)
def test_the_relay_knows_what_igor_has_seen(
    household: Household, make_igor: Callable[..., Igor], kind: dict[str, bool]
) -> None:
    igor = make_igor(**kind)
    household.connect(**WEIGHTS | {"end_date": "2026-06-02"})
    household.fetched()
    store = household.services.store
    ca = ["--ca", str(igor.verify)] if igor.tls else []
    words = ["--new-key", "--ack", "--interval", "1", "--igor", igor.url, *ca]

    run_commands(blocks(igor_config("jack", *words))[1])

    igor.until(lambda: cursor("jack", "igor", store.log) == 1)
    assert igor.data_xml(f"{JACK}/body-weight") == FIRST_XML
    household.fetched(end_date="2026-06-03")
    igor.until(lambda: cursor("jack", "igor", store.log) == 2)
    relay = "<relay><cursor>2</cursor></relay>"
    assert igor.data_xml(JACK) == WEIGHTS_XML.replace("</jack>", f"{relay}</jack>")
