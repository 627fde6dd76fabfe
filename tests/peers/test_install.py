"""Installing once: also when two processes start at once, or one was cut short."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from tests.peers import install

pytestmark = pytest.mark.peer


def test_many_at_once_build_once(tmp_path: Path) -> None:
    built: list[str] = []

    def build(folder: Path) -> None:
        folder.mkdir()
        time.sleep(0.2)
        built.append(folder.name)

    wanted = [
        threading.Thread(target=install.once, args=(tmp_path / "peer", "pins", build))
        for _ in range(4)
    ]
    for thread in wanted:
        thread.start()
    for thread in wanted:
        thread.join(10)

    assert built == ["peer"]


def test_other_pins_and_a_build_cut_short_are_built_again(tmp_path: Path) -> None:
    folder = tmp_path / "peer"
    install.once(folder, "old pins", Path.mkdir)
    (folder / "left over").touch()

    with pytest.raises(RuntimeError, match="exit 3"):
        install.once(folder, "new pins", _cut_short)
    assert (folder / "half").exists()

    install.once(folder, "new pins", Path.mkdir)
    assert sorted(entry.name for entry in folder.iterdir()) == [".stamp"]


def _cut_short(folder: Path) -> None:
    folder.mkdir()
    (folder / "half").touch()
    install.run(["sh", "-c", "exit 3"])


def test_a_missing_peer_skips_here_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no node"):
        install.unavailable("no node")

    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no node"):
        install.unavailable("no node")
