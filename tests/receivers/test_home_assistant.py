"""docs/receivers/home-assistant.yaml in a real Home Assistant that polls a real healthrelay."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.household import WEIGHTS, Household
from tests.peers import install
from tests.peers.igor_venv import find_python
from tests.receivers.conftest import Weigh

pytestmark = pytest.mark.peer

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / "docs" / "receivers" / "home-assistant.yaml"
# The newest for these Pythons, with what it would install itself for the parts that are used.
PINS = ("homeassistant==2024.3.3", "jsonpath==0.82.2", "xmltodict==0.13.0")
PYTHONS = ("3.11", "3.12")

Look = Callable[[], dict[str, Any]]


def home_assistant_python() -> Path:
    """The interpreter of Home Assistant's environment; skips where it cannot be built."""
    python = find_python(PYTHONS)
    if python is None:
        install.unavailable(f"a real Home Assistant needs CPython {PYTHONS}; none was found")
    folder = install.cache() / "home-assistant-venv"
    stamp = "\n".join((str(folder), python, *PINS))
    try:
        install.once(folder, stamp, lambda at: install.environment(at, python, *PINS))
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        install.unavailable(f"the environment for Home Assistant cannot be built: {error}")
    return folder / "bin" / "python"


@pytest.fixture
def look(household: Household, env: dict[str, str], tmp_path: Path) -> Iterator[Look]:
    """Has Home Assistant poll now; what it shows then."""
    household.add("jack", **WEIGHTS)
    folder = tmp_path / "home-assistant"
    folder.mkdir()
    text = CONFIGURATION.read_text().replace("http://127.0.0.1:8080", household.url)
    assert household.url in text
    (folder / "configuration.yaml").write_text(text)
    (folder / "secrets.yaml").write_text(f"healthrelay_key: Bearer {household.poll_key()}\n")
    argv = [home_assistant_python(), Path(__file__).with_name("home_assistant.py"), folder]
    with (tmp_path / "log").open("w") as log:
        pipe = subprocess.PIPE
        process = subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=log, text=True, env=env)

    def act() -> dict[str, Any]:
        print(file=process.stdin, flush=True)
        line = process.stdout.readline()
        assert line, (tmp_path / "log").read_text()
        states: dict[str, Any] = json.loads(line)
        return states

    yield act
    process.communicate()
    assert process.returncode == 0
    assert "Error" not in (tmp_path / "log").read_text()


def test_sensors_follow_the_newest_values_and_a_new_weight_is_greeted(
    look: Look, weigh: Weigh
) -> None:
    states = look()
    assert states["sensor.jack_weight"] == "unavailable"

    weigh(3, "82.4")
    states = look()
    assert (states["sensor.jack_weight"], states["messages"]) == ("82.4", [])
    assert states["sensor.jack_steps"] == "unavailable"

    weigh(2, "81.9")
    states = look()
    assert (states["sensor.jack_weight"], states["messages"]) == ("81.9", ["81.9 kg"])
