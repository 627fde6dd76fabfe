"""What `healthrelay run` prints is pasted into a real Igor, which polls while it serves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.igor.expected import JACK, SENSOR
from tests.igor.printed import save_fragment
from tests.peers.igor import Igor
from tests.peers.process import free_port

pytestmark = pytest.mark.peer


@pytest.mark.parametrize("capabilities", [True, False])
def test_igor_has_the_weights_of_the_first_run(
    make_igor: Callable[..., Igor], capabilities: bool, tmp_path: Path
) -> None:
    igor = make_igor(capabilities=capabilities)
    words = [sys.executable, "-m", "healthrelay", "run", "--port", str(free_port())]
    clean = {name: value for name, value in os.environ.items() if "HEALTHRELAY" not in name}
    env = clean | {"HEALTHRELAY_HOME": str(tmp_path / "home")}
    process = subprocess.Popen(
        words, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout
        printed = ""
        while "</data>" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        assert "`plugins/healthrelay-jack`, save this beside it as\n" in printed

        save_fragment(igor, "healthrelay-jack", printed[printed.index("<?xml") :])
        igor.until(lambda: igor.status(SENSOR).get("alive") is True)

        newest = printed.partition("Weight\t")[2].split(" kg")[0]
        assert f"<value>{newest}</value></body-weight>" in igor.data_xml(JACK)
    finally:
        process.terminate()
        process.communicate(timeout=30)
