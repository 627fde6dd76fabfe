"""The action for Igor."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from healthrelay.igor.action import igor_action


def test_copies_the_poll_to_the_persons_element() -> None:
    poll = "https://relay.example/relay?user=jack&key=a-b_c"

    action = ElementTree.fromstring(igor_action("jack", poll, "sensors/fitbit"))

    url = urlsplit(action.findtext("url") or "")
    assert url.path == "/plugin/copytree"
    assert parse_qs(url.query) == {
        "src": [poll],
        "dst": ["/data/sensors/fitbit/jack"],
        "mimetype": ["application/json"],
    }
    assert action.findtext("representing") == "sensors/fitbit"
    assert action.findtext("interval") == "900"
