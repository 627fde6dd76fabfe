"""A real Igor polls the relay with the stock action that we make for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from healthrelay.flows.delivery.poll import new_poll_key
from tests.household import Household
from tests.igor.expected import ALL, ALL_XML, FIRST_XML, JACK, KEPT, KEPT_XML, WEIGHTS, WEIGHTS_XML
from tests.igor.polling import Polling
from tests.igor.recorder import Recorder, Say
from tests.peers.igor import Igor
from tests.peers.igor_server import ADMIN

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("igor")]


def poll_url(household: Household) -> str:
    """What the owner pastes into Igor: jack's address, with a new key."""
    key = new_poll_key("jack", household.services.store.identities)
    return f"{household.url}/relay?user=jack&key={key}"


@pytest.mark.parametrize(
    ("provider", "source"), [("fitbit", "Aria"), ("google_health", "google_health")]
)
def test_igor_holds_what_the_old_plugin_stored(
    household: Household, igor: Igor, source: str
) -> None:
    household.connect(**ALL)
    household.fetched()

    status = Polling(igor, poll_url(household)).succeed()

    assert status["alive"] is True
    assert status["lastSuccess"] == status["lastActivity"]
    assert igor.data_xml(JACK) == ALL_XML.format(source=source)


def test_our_xml_is_what_igor_makes_of_our_json(household: Household, igor: Igor) -> None:
    household.connect(**ALL)
    household.fetched()
    url = poll_url(household) + "&cursor=1"

    Polling(igor, url).succeed()

    assert requests.get(f"{url}&format=xml", timeout=30).text == igor.data_xml(JACK)


def test_a_second_poll_brings_what_came_since(household: Household, igor: Igor) -> None:
    household.connect(**WEIGHTS | {"end_date": "2026-06-02"})
    household.fetched()
    polling = Polling(igor, poll_url(household))
    polling.succeed()
    first = igor.data_xml(JACK)
    household.fetched(end_date="2026-06-03")

    polling.succeed()

    assert first == f"<jack>{FIRST_XML}</jack>"
    assert igor.data_xml(JACK) == WEIGHTS_XML


def wrong_key(household: Household) -> str:
    url = poll_url(household)
    new_poll_key("jack", household.services.store.identities)
    return url


def unknown_user(household: Household) -> str:
    url = poll_url(household)
    household.services.store.identities.remove("jack")
    return url


def nothing_recorded(household: Household) -> str:
    household.services.store.identities.remove("jack")
    household.add("jack")
    return poll_url(household)


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        pytest.param(wrong_key, "401 UNAUTHORIZED", id="wrong key"),
        pytest.param(unknown_user, "401 UNAUTHORIZED", id="unknown user"),
        pytest.param(nothing_recorded, "503 SERVICE UNAVAILABLE", id="nothing recorded yet"),
    ],
)
def test_a_refused_poll_leaves_igors_data_alone(
    household: Household, igor: Igor, trouble: Callable[[Household], str], message: str
) -> None:
    household.connect(**WEIGHTS)
    household.fetched()
    igor.put(f"/data/{JACK}", json={"jack": KEPT}, auth=ADMIN)
    url = trouble(household)

    noted = Polling(igor, url).fail(message)

    assert not noted["alive"]
    assert igor.data_xml(JACK) == KEPT_XML


def test_a_relay_that_is_down_leaves_igors_data_alone(
    household_with: Callable[..., Household], igor: Igor
) -> None:
    household = household_with()
    household.connect(**WEIGHTS)
    household.fetched()
    polling = Polling(igor, poll_url(household))
    polling.succeed()
    household_with()  # at another port: nobody answers at the old one

    noted = polling.fail("ConnectionRefusedError")

    assert not noted["alive"]
    assert igor.data_xml(JACK) == WEIGHTS_XML


def test_igor_sends_the_key_in_the_query_and_nothing_else_of_ours(
    igor: Igor, recorder: Recorder
) -> None:
    recorder.say = Say(200, b'{"jack":{"body-weight":[]}}')

    Polling(igor, f"{recorder.url}/relay?user=jack&key=a-_key").succeed()

    asked = recorder.seen[-1]
    assert (asked.method, asked.target) == ("GET", "/relay?user=jack&key=a-_key")
    assert asked.headers["accept"] == "application/json"
    assert "authorization" not in asked.headers
    assert "cookie" not in asked.headers
