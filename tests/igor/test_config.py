"""Everything that `healthrelay igor-config` prints works when it is pasted into a real Igor."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from healthrelay.flows.delivery.poll import new_poll_key
from tests.household import Household
from tests.igor.expected import JACK, SENSOR, WEIGHTS, WEIGHTS_XML
from tests.igor.printed import blocks, igor_config, install, run_commands, save_fragment
from tests.igor.recorder import Recorder, Say
from tests.peers.igor import Igor
from tests.peers.igor_server import ADMIN

pytestmark = pytest.mark.peer

ANSWER = '{"jack":{"body-weight":[{"value":"1"}],"relay":{"cursor":"%d"}}}'
ACKNOWLEDGED = "/relay/ack?user=jack&key=POLL-KEY&cursor=%d"


@pytest.fixture
def relay(household: Household, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """What Igor takes for our relay: it answers jack's polls with a cursor."""
    household.add("jack")
    monkeypatch.setenv("HEALTHRELAY_PUBLIC_URL", recorder.url)
    recorder.say = Say(200, (ANSWER % 7).encode())
    return recorder


def polled(igor: Igor) -> bool:
    return igor.status(SENSOR).get("alive") is True


def test_the_command_for_a_running_igor_makes_it_poll_at_once(
    household: Household, any_igor: Igor
) -> None:
    any_igor.delete(f"/data/{SENSOR}", auth=ADMIN)
    household.connect(**WEIGHTS)
    household.fetched()
    parent, child = blocks(igor_config("jack", "--new-key", igor=any_igor))[:2]

    assert "<ref>/data/sensors/fitbit</ref>" in run_commands(parent)
    assert "<ref>" in run_commands(child)

    any_igor.until(lambda: polled(any_igor))
    assert any_igor.data_xml(JACK) == WEIGHTS_XML
    assert any_igor.status(SENSOR)["errorMessage"] == {}


def test_typing_everything_again_changes_nothing(household: Household, igor: Igor) -> None:
    household.connect(**WEIGHTS)
    household.fetched()
    parent, child = blocks(igor_config("jack", "--new-key", igor=igor))[:2]
    run_commands(child)
    igor.until(lambda: polled(igor))

    assert run_commands(parent) == ""
    run_commands(child)

    assert igor.data_xml("actions").count("<name>healthrelay-jack</name>") == 1
    assert igor.data_xml(JACK) == WEIGHTS_XML


def test_the_fragment_makes_an_igor_poll_from_its_start(
    household: Household, any_igor: Igor
) -> None:
    any_igor.put(f"/data/{SENSOR}/amy", json={"amy": {"note": "of another"}}, auth=ADMIN)
    household.connect(**WEIGHTS)
    household.fetched()
    (xml,) = blocks(igor_config("jack", "--new-key", igor=any_igor), "xml")

    save_fragment(any_igor, "healthrelay-jack", xml)

    any_igor.until(lambda: polled(any_igor))
    assert any_igor.data_xml(JACK) == WEIGHTS_XML
    assert any_igor.data_xml(f"{SENSOR}/amy") == "<amy><note>of another</note></amy>"
    assert any_igor.data_xml("sensors").count("<fitbit>") == 1


def test_the_fragment_alone_can_be_sent_to_a_file(household: Household) -> None:
    household.add("jack")

    printed = igor_config("jack", "--fragment")

    assert [printed] == blocks(igor_config("jack"), "xml")
    assert "key%3DPOLL-KEY" in printed


def test_without_new_key_no_key_is_created(household: Household) -> None:
    household.add("jack")
    key = new_poll_key("jack", household.services.store.identities)
    stored = household.services.store.identities.poll_key("jack")

    printed = igor_config("jack")

    assert household.services.store.identities.poll_key("jack") == stored
    assert key not in printed
    assert "--new-key" in printed


def test_igor_acknowledges_each_state_once(any_igor: Igor, relay: Recorder) -> None:
    install(any_igor, "--ack", "--interval", "1")

    def acknowledged() -> list[str]:
        return [seen.target for seen in relay.seen if seen.target.startswith("/relay/ack")]

    any_igor.until(lambda: bool(acknowledged()))
    relay.say = Say(200, (ANSWER % 8).replace('"1"', '"2"').encode())
    any_igor.until(lambda: len(acknowledged()) == 2)
    polls = len(relay.seen)
    any_igor.until(lambda: len(relay.seen) > polls + 2)
    assert acknowledged() == [ACKNOWLEDGED % 7, ACKNOWLEDGED % 8]


def test_the_fragment_acknowledges_too(make_igor: Callable[..., Igor], relay: Recorder) -> None:
    igor = make_igor()

    save_fragment(igor, "healthrelay-jack", igor_config("jack", "--ack", "--fragment"))

    igor.until(lambda: ACKNOWLEDGED % 7 in [seen.target for seen in relay.seen])


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_the_minted_key_may_store_and_nothing_else(
    household_with: Callable[..., Household], make_igor: Callable[..., Igor], tls: bool
) -> None:
    igor = make_igor(tls=tls)
    household_with().add("jack")
    for number, minting in enumerate(blocks(igor_config("jack", igor=igor))[2:]):
        answers = run_commands(minting).split()
        assert ("exists" in answers) == (number == 1)
        token = answers[-1]
        ca = {"igor_ca": str(igor.verify)} if tls else {}
        household = household_with(igor_url=igor.url, igor_token=token, **ca)
        household.connect(**WEIGHTS)

        fetched = household.fetched(base_date=f"2026-06-0{number + 2}", end_date="2026-06-03")

        bearer = {"Authorization": f"Bearer {token}"}
        assert (fetched["delivered"], fetched["waiting"]) == (1, 0), number
        assert igor.get(f"/data/{JACK}", headers=bearer).status_code == 401
        assert igor.delete(f"/data/{JACK}", headers=bearer).status_code == 401
        assert igor.put(f"/data/{SENSOR}", json={}, headers=bearer).status_code == 401
        other = igor.put(f"/data/{SENSOR}/amy", json={"amy": {}}, headers=bearer).status_code
        assert other == (200 if number == 0 else 401)
        household.services.store.identities.remove("jack")
        household.add("jack")
