"""Igor says back which state it has, with the action that we print, to the relay itself."""

from __future__ import annotations

import pytest

from healthrelay.flows.delivery.events import cursor
from tests.household import Household
from tests.igor.expected import FIRST_XML, JACK, WEIGHTS, WEIGHTS_XML
from tests.igor.printed import install
from tests.peers.igor import Igor

pytestmark = pytest.mark.peer


def test_the_relay_knows_what_igor_has_seen(household: Household, any_igor: Igor) -> None:
    household.connect(**WEIGHTS | {"end_date": "2026-06-02"})
    household.fetched()
    store = household.services.store

    install(any_igor, "--new-key", "--ack", "--interval", "1")

    any_igor.until(lambda: cursor("jack", "igor", store.log) == 1)
    assert any_igor.data_xml(f"{JACK}/body-weight") == FIRST_XML
    household.fetched(end_date="2026-06-03")
    any_igor.until(lambda: cursor("jack", "igor", store.log) == 2)
    relay = "<relay><cursor>2</cursor></relay>"
    assert any_igor.data_xml(JACK) == WEIGHTS_XML.replace("</jack>", f"{relay}</jack>")
