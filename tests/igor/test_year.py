"""A year of four series fits an Igor, whichever way it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import pytest

from healthrelay.flows.delivery.poll import new_poll_key
from sandbox import Sandbox
from tests.household import Clock, Household
from tests.igor.expected import JACK, opening
from tests.igor.polling import Polling
from tests.peers.igor import Igor

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("igor")]

YEAR = {
    "methods": "get_bodyweight,time_series",
    "resource": "body/weight,body/fat,activities/steps",
    "base_date": "2025-06-04",
    "end_date": "2026-06-03",
}


@pytest.fixture
def sandbox(household_clock: Clock) -> Iterator[Sandbox]:
    """Jack with two years of history."""
    with Sandbox(clock=household_clock.seconds) as running:
        yield running


def counted(igor: Igor) -> Counter[str]:
    return Counter(element.tag for element in ElementTree.fromstring(igor.data_xml(JACK)))


def test_pushed_or_polled_igor_holds_the_same(
    household_with: Callable[..., Household], igor: Igor
) -> None:
    household = household_with(**opening(igor))
    household.connect(**YEAR)

    fetched = household.fetched()

    assert (fetched["delivered"], fetched["waiting"]) == (1, 0)
    counts = {name: series["count"] for name, series in fetched["series"].items()}
    assert counted(igor) == counts
    assert sum(counts.values()) > 1000
    pushed = igor.data_xml(JACK)
    igor.clean()
    key = new_poll_key("jack", household.services.store.identities)
    Polling(igor, f"{household.url}/relay?user=jack&key={key}").succeed()
    assert igor.data_xml(JACK) == pushed
