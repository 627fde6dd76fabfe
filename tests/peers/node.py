"""Packages of npm that peers run on, installed once per checkout."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.peers import install

NAMES = ("package.json", "package-lock.json")


def node(purpose: str) -> str:
    """The program; skips what it is needed for where there is none."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        install.unavailable(f"{purpose} needs node and npm; they were not found")
    return found


def packages(source: Path, purpose: str) -> Path:
    """The folder with what *source* pins; skips where it cannot be installed."""
    stamp = "\n".join((source / name).read_text() for name in NAMES)

    def build(folder: Path) -> None:
        folder.mkdir()
        for name in NAMES:
            shutil.copy(source / name, folder)
        install.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder)

    try:
        return install.once(install.cache() / source.name, stamp, build)
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        install.unavailable(f"{purpose} cannot be installed: {error}")
