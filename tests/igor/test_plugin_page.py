"""The plugin's setup page does what its owner asks, by its own script, in a real Igor."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.igor.expected import JACK, ONE, ONE_XML, PLUGIN
from tests.igor.recorder import Recorder, Say
from tests.peers import install
from tests.peers.igor import Igor

pytestmark = pytest.mark.peer

SCRIPT = Path(__file__).parent / "setup_page.mjs"
KEY = "a-poll-key-that-must-stay-hidden"


@pytest.fixture
def plugged(make_igor: Callable[..., Igor]) -> Igor:
    igor = make_igor()
    igor.install_plugin(PLUGIN)
    return igor


def submit(igor: Igor, login: str = "admin:", **fields: str) -> str:
    """Fill in the page's form and send it; what the page says afterwards."""
    node = shutil.which("node")
    if node is None:
        install.unavailable("the setup page's script needs node 18 or newer; it was not found")
    filled = {"url": "", "person": "", "key": "", **fields}
    config = json.dumps({"origin": igor.url, "login": login, "fields": filled})
    page = igor.admin_get("/plugin/healthrelay/page/setup.html")
    done = subprocess.run(
        [node, SCRIPT, config], input=page, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_saving_fetches_at_once_and_logs_no_key(plugged: Igor, recorder: Recorder) -> None:
    recorder.say = Say(200, ONE)

    output = submit(plugged, url=recorder.url, person="jack", key=KEY)

    assert output == "Saved and fetched."
    assert [seen.headers["authorization"] for seen in recorder.seen] == [f"Bearer {KEY}"]
    assert plugged.data_xml(JACK) == ONE_XML
    assert KEY not in plugged.output()
    assert "sensors/fitbit/jack" in plugged.admin_get("/plugin/healthrelay/page/setup.html")


def test_what_is_left_empty_stays(plugged: Igor, recorder: Recorder) -> None:
    recorder.say = Say(200, ONE)
    submit(plugged, url=recorder.url, person="jack", key=KEY)

    assert submit(plugged) == "Saved and fetched."
    assert submit(plugged, person="jack", key="another") == "Saved and fetched."

    sent = [seen.headers["authorization"] for seen in recorder.seen]
    assert sent == [f"Bearer {KEY}"] * 2 + ["Bearer another"]


def test_trouble_is_shown_on_the_page(plugged: Igor, recorder: Recorder) -> None:
    recorder.say = Say(401)

    output = submit(plugged, url=recorder.url, person="jack", key=KEY)

    assert "jack: healthrelay answered 401" in output
    assert KEY not in output


def test_who_is_not_logged_in_changes_nothing(plugged: Igor, recorder: Recorder) -> None:
    output = submit(plugged, login="nobody:", url=recorder.url, person="jack", key=KEY)

    assert output.startswith("5")  # Igor's way of saying that it knows no such user
    assert "no address yet" in plugged.admin_get("/plugin/healthrelay/page/setup.html")
