"""A function as the platform builds it: its bundle, unpacked alone, in an environment of its own.

Google's buildpack installs `requirements.txt` into an empty environment, compiles the source, and
sets the time of every file to 1980.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.peers import install
from tests.peers.functions import FunctionProcess

ROOT = Path(__file__).resolve().parents[2]
RUNTIME: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["healthrelay"][
    "runtime"
]
WHEN_BUILT = 315532801  # what the platform resets every time to


@dataclass(frozen=True, slots=True)
class Built:
    """A bundle that is ready to start: where it was unpacked, and the Python that runs it."""

    name: str
    folder: Path
    python: Path

    def process(self, env: Mapping[str, str]) -> FunctionProcess:
        """The function, not yet started; *env* is all it is given."""
        return FunctionProcess(
            self.name, env=env, source=self.folder / "main.py", python=self.python
        )


def packed(name: str, folder: Path, checkout: Path = ROOT) -> Path:
    """The bundle of *name*, made by the tool that a deployment uses."""
    subprocess.run(
        [sys.executable, checkout / "tools" / "bundle.py", "--into", folder, name],
        check=True,
        capture_output=True,
    )
    return folder / f"{name}.zip"


def build(name: str, folder: Path, build_environment: Mapping[str, str]) -> Built:
    """Unpack the bundle of *name* below *folder* and do to it what the buildpack does."""
    source = folder / name
    with zipfile.ZipFile(packed(name, folder)) as bundle:
        bundle.extractall(source)
    python = _environment(source / "requirements.txt")
    compiled = [python, "-m", "compileall", "-f", "-q", "."]
    subprocess.run(compiled, cwd=source, env=dict(build_environment), check=True)
    for path in source.rglob("*"):
        os.utime(path, (WHEN_BUILT, WHEN_BUILT))
    return Built(name, source, python)


def python() -> str:
    """The deployed version of Python where this machine has it, else the one that runs here."""
    kept = sorted(Path.home().glob(f".pyenv/versions/{RUNTIME}*/bin/python"))
    return next(
        map(str, kept), shutil.which(f"python{RUNTIME}") or os.path.realpath(sys.executable)
    )


def _environment(pins: Path) -> Path:
    """The Python of an environment with nothing but *pins*; functions with the same share it."""
    interpreter = python()
    stamp = f"{interpreter}\n{pins.read_text()}"
    folder = install.cache() / f"bundle-{sha256(stamp.encode()).hexdigest()[:12]}"

    def fill(at: Path) -> None:
        install.environment(at, interpreter, "--require-hashes", "-r", pins)

    try:
        # Its programs name where they lie: a checkout that was moved installs anew.
        install.once(folder, f"{folder}\n{stamp}", fill)
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        install.unavailable(f"the environment of a bundle cannot be built: {error}")
    return folder / "bin" / "python"
