"""What the owner of an Igor is given to paste, as text; tests/igor pastes it into a real one."""

from __future__ import annotations

import shlex
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from healthrelay.igor.guide import PollSetup, guide, plugin_fragment

JACK = PollSetup("jack", "https://relay.example/relay", key="a-b_c")
AU = "{http://jackjansen.nl/igor/authentication}"
OWN = "{http://jackjansen.nl/igor/owner}plugin"


def polled(action: ElementTree.Element) -> str:
    return parse_qs(urlsplit(action.findtext("url") or "").query)["src"][0]


def test_the_fragment_polls_and_asks_for_the_one_right_it_needs() -> None:
    tree = ElementTree.fromstring(plugin_fragment(JACK))

    (action,) = tree.iterfind("actions/action")
    assert action.get(OWN) == "healthrelay-jack"
    assert polled(action) == "https://relay.example/relay?user=jack&key=a-b_c"
    assert action.findtext("interval") == "900"
    assert action.findtext("representing") == "sensors/fitbit"
    (right,) = action.iterfind(f"{AU}needCapability")
    rights = [(part.tag, part.text) for part in right]
    assert rights == [("obj", "/data/sensors/fitbit"), ("put", "descendant")]
    parent = tree.find("sensors/fitbit")
    assert parent is not None
    assert parent.attrib == {}  # so that uninstalling the plugin leaves the measurements


def test_to_acknowledge_igor_asks_for_a_cursor_and_gives_it_back() -> None:
    tree = ElementTree.fromstring(plugin_fragment(JACK._replace(ack=True, days=3650)))

    pull, ack = tree.iterfind("actions/action")
    assert polled(pull) == "https://relay.example/relay?user=jack&key=a-b_c&days=3650&cursor=1"
    assert ack.findtext("xpath") == "/data/sensors/fitbit/jack"
    assert ack.findtext("url") == (
        "https://relay.example/relay/ack?user=jack&key=a-b_c"
        "&cursor={/data/sensors/fitbit/jack/relay/cursor}"
    )
    assert ack.findtext("representing") == "sensors/fitbitAck"
    assert ack.findtext(f"{AU}needCapability/get") == "descendant-or-self"


def test_another_element_may_hold_everybody() -> None:
    tree = ElementTree.fromstring(plugin_fragment(JACK._replace(prefix="sensors/_fitbit")))

    assert tree.find("sensors/_fitbit") is not None
    assert "dst=/data/sensors/_fitbit/jack&" in (tree.findtext("actions/action/url") or "")


@pytest.mark.parametrize("setup", [JACK, JACK._replace(ack=True, ca="/etc/it's here.pem")])
def test_every_command_is_one_that_a_shell_takes_apart_as_meant(setup: PollSetup) -> None:
    commands = [line for line in guide(setup).splitlines() if line.startswith("curl ")]

    words = [shlex.split(command) for command in commands]

    assert len(words) == (7 if setup.ack else 6)
    assert all(command[-1].startswith("http://localhost:9333/") for command in words)
    assert all(("--cacert" in command) == bool(setup.ca) for command in words)


def test_an_address_that_only_this_machine_reaches_is_pointed_out() -> None:
    warning = "set\nHEALTHRELAY_PUBLIC_URL"

    assert warning in guide(JACK._replace(relay_url="http://127.0.0.1:8080/relay"))
    assert warning not in guide(JACK)
