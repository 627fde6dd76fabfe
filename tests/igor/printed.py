"""What `healthrelay igor-config` prints, and the hands of an owner who copies it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.peers.igor import Igor

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 60


def igor_config(*words: str, igor: Igor | None = None) -> str:
    """Run the command with the settings of this process, as the owner of *igor* types it."""
    home = ["--igor", igor.url] if igor else []
    ca = ["--ca", str(igor.verify)] if igor and igor.tls else []
    done = subprocess.run(
        [sys.executable, "-m", "healthrelay", "igor-config", *words, *home, *ca],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def blocks(markdown: str, language: str = "sh") -> list[str]:
    """The blocks of one language, in their order."""
    return [text for name, text in _BLOCK.findall(markdown) if name == language]


def run_commands(commands: str) -> str:
    """What *commands* print in a shell, where the admin's password is typed as nothing at all."""
    done = subprocess.run(
        ["sh", "-e"],
        input=commands,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        start_new_session=True,  # without a terminal curl asks for the password in vain
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def install(igor: Igor, *words: str) -> None:
    """Make *igor* poll for jack with the printed command for a running Igor."""
    run_commands(blocks(igor_config("jack", *words, igor=igor))[1])


def save_fragment(igor: Igor, name: str, xml: str) -> None:
    """Put the fragment into the stopped Igor's folder, as the guide says, and start it."""
    igor.stop()
    plugins: Path = igor.database / "plugins"
    (plugins / name).mkdir(exist_ok=True)
    (plugins / f"{name}.xml").write_text(xml)
    igor.start()
