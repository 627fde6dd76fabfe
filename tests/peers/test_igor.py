"""Igor as a peer: what it stores, what it keeps, whom it lets in, what it fetches itself."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.peers import igor_venv
from tests.peers.igor import Igor

pytestmark = pytest.mark.peer

BODY = {"jack": {"body-weight": [{"dateTime": "2020-01-01", "value": "75.2"}]}}
STORED = (
    "<jack><body-weight><dateTime>2020-01-01</dateTime><value>75.2</value></body-weight></jack>"
)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_push_is_stored_and_survives_a_restart(igor: Igor) -> None:
    headers = bearer(igor.mint_push_token())

    answer = igor.put("/data/sensors/fitbit/jack", json=BODY, headers=headers)
    assert (answer.status_code, answer.text.strip()) == (
        200,
        "<ref>/data/sensors/fitbit/jack</ref>",
    )
    assert igor.data_xml("sensors/fitbit/jack") == STORED

    igor.restart()
    assert igor.data_xml("sensors/fitbit/jack") == STORED
    answer = igor.put("/data/sensors/fitbit/jack", json=BODY, headers=headers)
    assert answer.status_code == 200


def test_a_power_cut_loses_what_was_pushed(igor: Igor) -> None:
    igor.put("/data/sensors/fitbit/jack", json=BODY, headers=bearer(igor.mint_push_token()))

    igor.kill()
    assert not igor.running
    igor.start()

    igor.make_parent()
    assert igor.data_xml("sensors/fitbit") == "<fitbit></fitbit>"


def test_a_push_token_can_do_nothing_else(igor: Igor) -> None:
    headers = bearer(igor.mint_push_token())
    igor.put("/data/sensors/fitbit/jack", json=BODY, headers=headers)

    assert igor.put("/data/sensors/fitbit/jack", json=BODY).status_code == 401
    assert igor.get("/data/sensors/fitbit/jack", headers=headers).status_code == 401
    assert igor.put("/data/sensors/fitbit", json={}, headers=headers).status_code == 401
    assert igor.delete("/data/sensors/fitbit/jack", headers=headers).status_code == 401


def test_a_token_for_one_user_is_for_nobody_else(igor: Igor) -> None:
    headers = bearer(igor.mint_push_token("jack"))

    mine = igor.put("/data/sensors/fitbit/jack", json=BODY, headers=headers)
    other = igor.put("/data/sensors/fitbit/other", json={"other": {}}, headers=headers)

    assert (mine.status_code, other.status_code) == (200, 401)


def test_the_next_test_finds_an_empty_igor(igor: Igor) -> None:
    assert igor.data_xml("sensors/fitbit") == "<fitbit></fitbit>"
    assert igor.admin_get("/data/actions").count("<action>") == 4  # Igor's own


@pytest.mark.parametrize("options", [{"tls": True}, {"capabilities": False}])
def test_the_other_kinds_of_igor_store_too(
    make_igor: Callable[..., Igor], options: dict[str, bool]
) -> None:
    igor = make_igor(**options)
    headers = bearer(igor.mint_push_token()) if igor.capabilities else {}

    answer = igor.put("/data/sensors/fitbit/jack", json=BODY, headers=headers)

    assert answer.status_code == 200
    assert answer.url.startswith("https://" if igor.tls else "http://")
    assert igor.data_xml("sensors/fitbit/jack") == STORED


class _Relay(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"jack":{"body-weight":[{"dateTime":"2020-01-01","value":"75.2"}]}}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def relay() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Relay) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_granted_action_polls_and_stores(igor: Igor, relay: str) -> None:
    source = quote(f"{relay}/poll?user=jack", safe="")
    target = "/data/sensors/fitbit/jack"
    name = igor.post_action(
        "<action><name>pull</name><interval>3600</interval><url>/plugin/copytree"
        f"?src={source}&amp;dst={target}&amp;mimetype=application/json</url>"
        "<representing>sensors/fitbit</representing></action>"
    )
    igor.run_action(name)
    igor.until(lambda: "401" in str(igor.status("sensors/fitbit").get("errorMessage")))

    igor.grant_action(name)
    igor.run_action(name)

    igor.until(lambda: igor.status("sensors/fitbit").get("alive") is True)
    assert igor.data_xml("sensors/fitbit/jack") == STORED


def test_a_plugin_is_merged_at_the_start(make_igor: Callable[..., Igor], tmp_path: Path) -> None:
    plugin = tmp_path / "kept"
    plugin.mkdir()
    (plugin / "database-fragment.xml").write_text(
        '<data xmlns:own="http://jackjansen.nl/igor/owner"><sensors>'
        '<relayed own:plugin="{plugin}"/></sensors></data>'
    )
    igor = make_igor()

    igor.install_plugin(plugin)

    assert igor.data_xml("sensors/relayed").startswith("<relayed")


def test_the_python_found_can_run_igor() -> None:
    python = igor_venv.find_python()
    assert python is not None
    shown = subprocess.check_output([python, "--version"], text=True, timeout=30)
    assert shown.startswith(("Python 3.9.", "Python 3.10.", "Python 3.11.")), sys.version
