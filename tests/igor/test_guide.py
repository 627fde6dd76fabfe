"""What the plugin's readme tells an owner to type, typed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.peers.igor import Igor

pytestmark = pytest.mark.peer

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "igor" / "healthrelay" / "readme.md"


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
