"""Stock polling between all kinds of homes and relays, and after a power cut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.household import Household
from tests.igor.certificates import self_signed
from tests.igor.expected import ARRIVED, JACK, SENSOR, WEIGHTS, WEIGHTS_XML, opening, push
from tests.igor.printed import install
from tests.igor.recorder import Recorder, Say
from tests.peers.igor import Igor
from tests.peers.igor_server import ADMIN

pytestmark = pytest.mark.peer

SAID = b'{"jack":{"body-weight":[{"value":"1"}],"relay":{"cursor":"7"}}}'


@pytest.mark.parametrize("capabilities", [True, False])
def test_a_relay_behind_tls_is_polled_and_acknowledged(
    household: Household,
    make_igor: Callable[..., Igor],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capabilities: bool,
) -> None:
    household.add("jack")
    certificate = self_signed(tmp_path)
    trust = {"HTTPLIB2_CA_CERTS": str(certificate), "REQUESTS_CA_BUNDLE": str(certificate)}
    igor = make_igor(capabilities=capabilities, env=trust)
    with Recorder(certificate) as relay:
        relay.say = Say(200, SAID)
        monkeypatch.setenv("HEALTHRELAY_PUBLIC_URL", relay.url)

        install(igor, "--ack")

        igor.until(lambda: any("/relay/ack" in seen.target for seen in relay.seen))
    assert "<value>1</value>" in igor.data_xml(JACK)


def test_a_relay_that_igor_does_not_trust_leaves_its_data_alone(
    household: Household,
    make_igor: Callable[..., Igor],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    household.add("jack")
    igor = make_igor()
    igor.put(f"/data/{JACK}", json={"jack": {"note": "kept"}}, auth=ADMIN)
    with Recorder(self_signed(tmp_path)) as relay:
        relay.say = Say(200, SAID)
        monkeypatch.setenv("HEALTHRELAY_PUBLIC_URL", relay.url)

        install(igor)

        message = "CERTIFICATE_VERIFY_FAILED"
        igor.until(lambda: message in str(igor.status(SENSOR).get("errorMessage")))
        assert relay.seen == []
    assert igor.data_xml(JACK) == "<jack><note>kept</note></jack>"


def test_what_a_power_cut_took_is_back_when_igor_starts(
    household_with: Callable[..., Household], any_igor: Igor
) -> None:
    household = household_with(**opening(any_igor))
    household.add("jack", **WEIGHTS)
    install(any_igor, "--new-key")
    any_igor.admin_get("/internal/save")
    household.connect()
    assert push(household, any_igor) == ARRIVED

    any_igor.kill()
    any_igor.start()

    any_igor.until(lambda: any_igor.get(f"/data/{JACK}", auth=ADMIN).status_code == 200)
    assert any_igor.data_xml(JACK) == WEIGHTS_XML
