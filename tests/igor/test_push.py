"""A fetch pushes what it changed to a real Igor, which then holds what the old plugin stored."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import pytest

from sandbox import Sandbox
from tests.household import Clock, Household
from tests.igor.expected import (
    ALL,
    ALL_XML,
    FIRST_XML,
    JACK,
    SECOND_XML,
    WEIGHTS,
    WEIGHTS_XML,
    push,
)
from tests.peers.igor import Igor
from tests.peers.igor_server import ADMIN

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("igor")]


@pytest.fixture
def settings(igor: Igor) -> dict[str, str]:
    """Igor's address, and the capability its owner made for us."""
    return {"HEALTHRELAY_IGOR_URL": igor.url, "HEALTHRELAY_IGOR_TOKEN": igor.mint_push_token()}


@pytest.mark.parametrize(
    ("provider", "source"), [("fitbit", "Aria"), ("google_health", "google_health")]
)
def test_igor_holds_what_the_old_plugin_stored(
    household: Household, igor: Igor, source: str
) -> None:
    household.connect(**ALL)

    fetched = household.fetched()

    assert (fetched["added"], fetched["delivered"], fetched["waiting"]) == (6, 1, 0)
    assert "trouble" not in fetched
    assert igor.data_xml(JACK) == ALL_XML.format(source=source)


def test_an_unchanged_fetch_pushes_nothing(household: Household, igor: Igor) -> None:
    household.connect(**WEIGHTS)
    household.fetched()
    igor.put(f"/data/{JACK}", json={"jack": {"note": "written by hand"}}, auth=ADMIN)

    assert push(household, igor) == (0, 0, "<jack><note>written by hand</note></jack>")


def test_corrected_deleted_and_new_measurements_follow(
    household: Household, sandbox: Sandbox, igor: Igor
) -> None:
    household.connect(**WEIGHTS)
    household.fetched()
    first, second = sandbox.wearer.weights
    sandbox.wearer.correct(first.log_id, "82.5")
    sandbox.wearer.forget(second.log_id)
    sandbox.wearer.weigh(datetime(2026, 6, 3, 21, 30), "83")

    fetched = household.fetched()

    assert (fetched["changed"], fetched["delivered"], fetched["waiting"]) == (2, 1, 0)
    assert igor.data_xml(JACK) == (
        "<jack><body-weight><dateTime>2026-06-02</dateTime><value>82.5</value></body-weight>"
        "<body-weight><dateTime>2026-06-03</dateTime><value>83</value></body-weight></jack>"
    )


def test_what_vanishes_at_the_provider_vanishes_in_igor(
    household: Household, sandbox: Sandbox, igor: Igor, household_clock: Clock
) -> None:
    household.connect(**WEIGHTS)
    household.fetched()
    sandbox.wearer.forget(sandbox.wearer.weights[1].log_id)
    assert household.fetched()["removed"] == 0
    household_clock.advance(hours=1)

    fetched = household.fetched()

    assert (fetched["removed"], fetched["delivered"]) == (1, 1)
    assert igor.data_xml(JACK) == f"<jack>{FIRST_XML}</jack>"


def test_a_stopped_igor_gets_everything_once_it_is_back(
    household: Household, sandbox: Sandbox, igor: Igor
) -> None:
    household.connect(**WEIGHTS)
    second = sandbox.wearer.weights.pop()
    igor.stop()

    one = household.fetched()
    sandbox.wearer.weights.append(second)
    two = household.fetched()

    outcomes = [(each["added"], each["delivered"], each["waiting"]) for each in (one, two)]
    assert outcomes == [(1, 0, 1), (1, 0, 2)]
    assert one["trouble"] == two["trouble"]
    assert datetime.fromisoformat(one["trouble"].pop("since")) <= household.services.now()
    assert one["trouble"] == {
        "error": f"{urlsplit(igor.url).netloc} does not answer. Does it run?",
        "who": "nobody",
        "cause": "try_later",
    }
    igor.start()
    before = igor.output().count(f"PUT /data/{JACK}")

    assert household.delivered() == {"delivered": 2, "waiting": 0}
    assert igor.data_xml(JACK) == WEIGHTS_XML
    assert igor.output().count(f"PUT /data/{JACK}") - before == 1


def test_only_days_with_a_measurement_are_sent(
    household: Household, sandbox: Sandbox, igor: Igor
) -> None:
    del sandbox.wearer.weights[0]
    household.connect(**WEIGHTS)

    household.fetched()

    assert igor.data_xml(JACK) == f"<jack>{SECOND_XML}</jack>"
