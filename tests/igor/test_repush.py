"""Igor's 200 is not durable: what a power cut took from it is pushed again within a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from healthrelay.flows.delivery.sweep import deliver_due
from tests.household import Household
from tests.igor.expected import ARRIVED, EMPTY, JACK, SENSOR, WEIGHTS_XML, opening, push
from tests.peers.igor import Igor

pytestmark = pytest.mark.peer


def test_an_igor_that_was_killed_gets_everything_again(
    pusher: Callable[..., Household], any_igor: Igor
) -> None:
    household = pusher(**opening(any_igor))
    any_igor.admin_get("/internal/save")  # what comes after this, Igor will have lost
    assert push(household, any_igor) == ARRIVED

    any_igor.kill()
    any_igor.start()

    assert any_igor.data_xml(SENSOR) == EMPTY
    context = household.services.delivery
    assert deliver_due(context) == {}
    tomorrow = household.services.now() + timedelta(days=1, minutes=1)
    done = deliver_due(context._replace(now=lambda: tomorrow))
    assert [each["igor"].trouble for each in done.values()] == [None]
    assert any_igor.data_xml(JACK) == WEIGHTS_XML
