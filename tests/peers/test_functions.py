"""Functions as processes: started as a deployment does it, seeing only their own settings."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tests.peers.functions import FunctionProcess

pytestmark = pytest.mark.peer

ECHO = """
import os
def echo(request):
    print("called with " + request.args["word"], flush=True)
    return {"word": request.args["word"], "service": os.environ["K_SERVICE"],
            "setting": os.environ.get("SETTING"), "leak": os.environ.get("LEAK")}
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    main = tmp_path / "main.py"
    main.write_text(ECHO)
    return main


def test_a_function_answers_and_ends(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAK", "from the test's own environment")

    with FunctionProcess("echo", env={"SETTING": "given"}, source=source) as function:
        answer = requests.get(function.url, params={"word": "hello"}, timeout=10)
        assert "called with hello" in function.output()
        assert function.stop() == 0

    assert answer.json() == {"word": "hello", "service": "echo", "setting": "given", "leak": None}
    assert "called with hello" in function.output()
    with pytest.raises(requests.ConnectionError):
        requests.get(function.url, timeout=5)


def test_a_function_that_cannot_start_says_why(source: Path) -> None:
    source.write_text("raise RuntimeError('settings are missing')")
    with pytest.raises(RuntimeError, match="settings are missing"):
        FunctionProcess("echo", source=source).start()
