"""Everything that `healthrelay igor-config` prints works when it is pasted into a real Igor."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from healthrelay.flows.delivery.poll import new_poll_key
from tests.household import Household
from tests.igor.expected import WEIGHTS, WEIGHTS_XML
from tests.igor.printed import blocks, igor_config, run_commands, save_fragment
from tests.igor.recorder import Recorder, Say
from tests.peers.igor import Igor
from tests.peers.igor_server import ADMIN

pytestmark = pytest.mark.peer

SENSOR = "sensors/fitbit"
JACK = f"{SENSOR}/jack"
KINDS = pytest.mark.parametrize(
    "kind",
    [
        pytest.param({}, id="capabilities"),
        pytest.param({"capabilities": False}, id="no capabilities"),
        pytest.param({"tls": True}, id="TLS"),
        pytest.param({"tls": True, "capabilities": False}, id="TLS, no capabilities"),
    ],
)


def at(igor: Igor) -> list[str]:
    """Which Igor the printed commands speak to."""
    return ["--igor", igor.url, *(["--ca", str(igor.verify)] if igor.tls else [])]


def polled(igor: Igor) -> bool:
    return igor.status(SENSOR).get("alive") is True


@KINDS
def test_the_command_for_a_running_igor_makes_it_poll_at_once(
    household: Household, make_igor: Callable[..., Igor], kind: dict[str, bool]
) -> None:
    igor = make_igor(**kind)
    igor.delete(f"/data/{SENSOR}", auth=ADMIN)
    household.connect(**WEIGHTS)
    household.fetched()
    parent, install = blocks(igor_config("jack", "--new-key", *at(igor)))[:2]

    assert "<ref>/data/sensors/fitbit</ref>" in run_commands(parent)
    assert "<ref>" in run_commands(install)

    igor.until(lambda: polled(igor))
    assert igor.data_xml(JACK) == WEIGHTS_XML
    assert igor.status(SENSOR)["errorMessage"] == {}


def test_typing_everything_again_changes_nothing(household: Household, igor: Igor) -> None:
    household.connect(**WEIGHTS)
    household.fetched()
    parent, install = blocks(igor_config("jack", "--new-key", *at(igor)))[:2]
    run_commands(install)
    igor.until(lambda: polled(igor))

    assert run_commands(parent) == ""
    run_commands(install)

    assert igor.data_xml("actions").count("<name>healthrelay-jack</name>") == 1
    assert igor.data_xml(JACK) == WEIGHTS_XML


@KINDS
def test_the_fragment_makes_an_igor_poll_from_its_start(
    household: Household, make_igor: Callable[..., Igor], kind: dict[str, bool]
) -> None:
    igor = make_igor(**kind)
    igor.put(f"/data/{SENSOR}/amy", json={"amy": {"note": "of another"}}, auth=ADMIN)
    household.connect(**WEIGHTS)
    household.fetched()
    (xml,) = blocks(igor_config("jack", "--new-key", *at(igor)), "xml")

    save_fragment(igor, "healthrelay-jack", xml)

    igor.until(lambda: polled(igor))
    assert igor.data_xml(JACK) == WEIGHTS_XML
    assert igor.data_xml(f"{SENSOR}/amy") == "<amy><note>of another</note></amy>"
    assert igor.data_xml("sensors").count("<fitbit>") == 1


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


@KINDS
def test_igor_acknowledges_each_state_once(
    household: Household,
    make_igor: Callable[..., Igor],
    recorder: Recorder,
    kind: dict[str, bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    igor = make_igor(**kind)
    household.add("jack")
    monkeypatch.setenv("HEALTHRELAY_PUBLIC_URL", recorder.url)
    recorder.say = Say(200, b'{"jack":{"body-weight":[{"value":"1"}],"relay":{"cursor":"7"}}}')
    config = igor_config("jack", "--ack", "--interval", "1", *at(igor))

    run_commands(blocks(config)[1])

    def acknowledged() -> list[str]:
        return [seen.target for seen in recorder.seen if seen.target.startswith("/relay/ack")]

    igor.until(lambda: bool(acknowledged()))
    recorder.say = Say(200, b'{"jack":{"body-weight":[{"value":"2"}],"relay":{"cursor":"8"}}}')
    igor.until(lambda: len(acknowledged()) == 2)
    polls = len(recorder.seen)
    igor.until(lambda: len(recorder.seen) > polls + 2)
    assert acknowledged() == [
        "/relay/ack?user=jack&key=POLL-KEY&cursor=7",
        "/relay/ack?user=jack&key=POLL-KEY&cursor=8",
    ]


def test_the_fragment_acknowledges_too(
    household: Household,
    make_igor: Callable[..., Igor],
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    igor = make_igor()
    household.add("jack")
    monkeypatch.setenv("HEALTHRELAY_PUBLIC_URL", recorder.url)
    recorder.say = Say(200, b'{"jack":{"body-weight":[{"value":"1"}],"relay":{"cursor":"7"}}}')

    save_fragment(igor, "healthrelay-jack", igor_config("jack", "--ack", "--fragment"))

    wanted = "/relay/ack?user=jack&key=POLL-KEY&cursor=7"
    igor.until(lambda: wanted in [seen.target for seen in recorder.seen])


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_the_minted_key_may_store_and_nothing_else(
    household_with: Callable[..., Household], make_igor: Callable[..., Igor], tls: bool
) -> None:
    igor = make_igor(tls=tls)
    household_with().add("jack")
    for number, minting in enumerate(blocks(igor_config("jack", *at(igor)))[2:]):
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
