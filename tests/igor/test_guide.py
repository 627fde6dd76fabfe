"""What docs/igor.md and the plugin's readme tell an owner to type, typed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.igor.old_plugin import STEPS, serve, use_old_plugin
from tests.igor.printed import run_commands
from tests.peers.igor import Igor

pytestmark = pytest.mark.peer

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "igor" / "healthrelay" / "readme.md"
COMMAND = re.compile(r"`(curl [^`]+)`|^ *(curl .+)$", re.MULTILINE)


def test_the_commands_of_the_move_do_what_they_say(make_igor: Callable[..., Igor]) -> None:
    igor = make_igor()
    use_old_plugin(igor)
    serve(igor, "jack", STEPS)
    before = (igor.database / "database.xml").read_text()
    commands = COMMAND.findall((ROOT / "docs" / "igor.md").read_text())
    save, delete = (
        (one or two).replace("http://localhost:9333", igor.url) for one, two in commands
    )
    assert "<url>/plugin/fitbit?user=jack</url>" in igor.data_xml("actions")

    run_commands(save)
    run_commands(delete)

    assert "8042" not in before
    assert "8042" in (igor.database / "database.xml").read_text()
    assert "/plugin/fitbit" not in igor.data_xml("actions")


def test_the_readme_installs_the_plugin(make_igor: Callable[..., Igor], tmp_path: Path) -> None:
    igor = make_igor()
    (block,) = re.findall(r"^```\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    (tmp_path / ".igor").symlink_to(igor.database)
    igor.stop()

    subprocess.run(
        ["sh", "-e"],
        input=block,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        text=True,
        timeout=60,
        check=True,
    )
    igor.start()

    page = igor.admin_get("/plugin/healthrelay/page/setup.html")
    assert "no address yet" in page
    assert "healthrelay" in igor.admin_get("/plugin/healthrelay/page/readme.md")
    assert (igor.database / "plugins" / "healthrelay" / "igorplugin.py").exists()
