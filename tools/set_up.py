"""Install what is pinned into an environment, which is made where it cannot be used as it is.

    python3 tools/set_up.py VENV PINS [--editable]

Whatever stands in the way is one sentence, with a way on.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

KNOWN = (3, 13)
"""The newest Python on which all tests pass; for a newer one, packages may not be made yet."""
_NETWORK = re.compile(
    "NewConnectionError|NameResolutionError|name resolution|Connection refused|timed out"
    "|Network is unreachable|ProxyError|SSLError|ConnectTimeout|Connection aborted"
)
_PACKAGE = re.compile(
    "No matching distribution|Failed to build|metadata-generation-failed|Requires-Python"
)
_OLD = "import sys; sys.exit(sys.version_info < (3, 11))"


def main(arguments: Sequence[str]) -> None:
    """Make the environment and install into it; exits with a sentence where that fails."""
    folder, pins, *options = arguments
    venv = Path(folder)
    if trouble := unusable(venv):
        make(venv, trouble)
    pip(venv, "--require-hashes", "--requirement", pins)
    if options:
        pip(venv, "--no-deps", *options, ".")


def unusable(venv: Path) -> str:
    """Return why *venv* cannot be used as it is; nothing where it can."""
    if not venv.exists():
        return "is not there yet"
    python, activate = venv / "bin" / "python", venv / "bin" / "activate"
    if not python.exists():
        return "has no Python that is still there"
    if activate.is_file() and str(venv.absolute()) not in activate.read_text():
        return "was made in a folder of another name"
    if subprocess.run([python, "-c", _OLD], check=False).returncode:
        return "is of a Python that is too old"
    if subprocess.run([python, "-c", "import pip"], stderr=-3, check=False).returncode:
        return "has no pip"
    return ""


def make(venv: Path, trouble: str) -> None:
    """Make *venv*, again if need be: what `make clean` may take away is ours to clear."""
    if venv.exists():
        if venv.is_absolute() or not venv.name.startswith(".venv"):
            sys.exit(f"{venv} {trouble}: name another environment with make VENV=…")
        print(f"{venv} {trouble}: making it again.", file=sys.stderr)
    print(f"Setting up {venv} …", file=sys.stderr)
    command = [sys.executable, "-m", "venv", "--clear", venv]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(
            f"This Python ({sys.executable}) cannot make an environment: install its venv (Debian,"
            " Ubuntu: apt install python3-venv), or name another Python with make PYTHON=…"
        )


def pip(venv: Path, *words: str) -> None:
    """Install *words*; exit with a sentence where pip cannot."""
    options = ["--quiet", "--disable-pip-version-check", "--use-pep517", "--no-input"]
    command = [venv / "bin" / "python", "-m", "pip", "install", *options, *words]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stderr}{reason(done.stderr, sys.version_info[:2])}")


def reason(text: str, version: tuple[int, int]) -> str:
    """Return the sentence for what pip says in *text* under a Python of that *version*."""
    if _NETWORK.search(text):
        return (
            "The packages cannot be fetched: look at the network, or put their wheels into a folder"
            " and name it with PIP_FIND_LINKS=… PIP_NO_INDEX=1 make …"
        )
    if _PACKAGE.search(text) and version > KNOWN:
        newest = ".".join(map(str, KNOWN))
        return (
            f"This Python ({version[0]}.{version[1]}) is newer than what some package is made for:"
            f" name an older one with make PYTHON=python{newest} …"
        )
    return "pip could not install the packages, for the reason above; make again goes on from here."


if __name__ == "__main__":
    main(sys.argv[1:])
