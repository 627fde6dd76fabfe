"""`make` on a machine as it is: whatever stands in its way is one sentence, and a way on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from set_up import reason, unusable

from tests.house.measures import HERE as ROOT
from tests.peers import install

TOOLS = ROOT / "tools"
PINS = (ROOT / "requirements" / "run.txt").read_text()
OFFLINE = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}


def make_environment(folder: Path) -> Path:
    venv = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    return venv


def set_up(folder: Path, venv: str, pin: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Install what *pin* says, as `make` installs all."""
    (folder / "pins.txt").write_text(f"{pin}\n")
    command = [sys.executable, TOOLS / "set_up.py", venv, "pins.txt"]
    return subprocess.run(
        command, cwd=folder, env=os.environ | more, capture_output=True, text=True, timeout=300
    )


@pytest.mark.peer
def test_an_environment_that_cannot_be_used_is_made_again(tmp_path: Path) -> None:
    make_environment(tmp_path)
    (pin,) = re.findall(r"^certifi==.*(?:\\\n.*)+", PINS, re.MULTILINE)

    done = set_up(tmp_path, ".venv", pin)

    assert done.returncode == 0, done.stderr
    assert done.stderr == ".venv has no pip: making it again.\nSetting up .venv …\n"
    subprocess.run([tmp_path / ".venv/bin/python", "-c", "import certifi"], check=True)
    assert unusable(tmp_path / ".venv") == ""


@pytest.mark.peer
def test_each_way_to_spoil_an_environment_is_seen(tmp_path: Path) -> None:
    assert unusable(tmp_path / ".venv") == "is not there yet"
    venv = make_environment(tmp_path)
    assert unusable(venv) == "has no pip"
    (tmp_path / "later").mkdir()
    moved = venv.rename(tmp_path / "later" / ".venv")
    assert unusable(moved) == "was made in a folder of another name"
    (moved / "bin" / "python").unlink()
    (moved / "bin" / "python").symlink_to("/there/is/no/python")
    assert unusable(moved) == "has no Python that is still there"


@pytest.mark.peer
def test_an_environment_that_is_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    make_environment(tmp_path).rename(tmp_path / "mine")

    done = set_up(tmp_path, "mine", "")

    assert done.returncode == 1
    assert re.fullmatch(r"mine .+: name another environment with make VENV=…\n", done.stderr)
    assert (tmp_path / "mine" / "bin" / "python").exists()


@pytest.mark.peer
def test_without_a_network_the_last_line_says_so(tmp_path: Path) -> None:
    pin = f"no-such-package==1.0 --hash=sha256:{'0' * 64}"

    done = set_up(tmp_path, sys.prefix, pin, PIP_FIND_LINKS="", PIP_RETRIES="1", **OFFLINE)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("The packages cannot be fetched: look at the")


@pytest.mark.parametrize(
    ("text", "version", "words"),
    [
        ("Failed to establish a new connection: NewConnectionError", (3, 20), "network"),
        ("ERROR: No matching distribution found for cryptography==50.0.2", (3, 20), "newer than"),
        ("ERROR: Failed to build 'grpcio' when getting requirements", (3, 20), "python3.13"),
        ("ERROR: No matching distribution found for cryptography==50.0.2", (3, 11), "goes on"),
        ("ERROR: Could not install packages: No space left on device", (3, 20), "goes on"),
    ],
)
def test_what_pip_says_is_explained(text: str, version: tuple[int, int], words: str) -> None:
    assert words in reason(text, version)


def old_pythons() -> list[Path]:
    """Return the interpreters before 3.11 that are here, by their names."""
    pyenv = Path.home() / ".pyenv" / "versions"
    found = [shutil.which(f"python{version}") for version in ("2.7", "3.8", "3.9", "3.10")]
    return [*map(Path, filter(None, found)), *pyenv.glob("[23].[0-9]*/bin/python")]


def test_a_python_that_is_too_old_gets_a_sentence_and_a_way_on() -> None:
    told = 0
    for python in old_pythons():
        version = subprocess.run([python, "--version"], capture_output=True, text=True)
        if re.match(r"Python (2\.|3\.([0-9]|10)\.)", version.stdout + version.stderr):
            # -E: what moves the clock of the tests' own processes is for newer ones.
            done = subprocess.run(
                [python, "-E", TOOLS / "python_version.py"], capture_output=True, text=True
            )
            assert done.returncode == 1
            assert done.stderr.startswith("healthrelay needs Python 3.11 or newer; name one with")
            assert done.stderr.count("\n") == 1
            told += 1
    if not told:
        install.unavailable("there is no Python here that is too old")


@pytest.mark.parametrize("name", ["a folder", "folder"])
def test_make_sets_up_again_in_a_folder_of_another_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    (folder / "requirements").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    for file in ("requirements/run.txt", "pyproject.toml"):
        (folder / file).touch()
    (folder / ".venv" / "bin").mkdir(parents=True)
    activate = folder / ".venv" / "bin" / "activate"

    def planned() -> str:
        (folder / ".venv" / "run").touch()
        dry = ["make", "--dry-run", "run", "VENV=.venv"]  # whatever this one is called
        return subprocess.run(dry, cwd=folder, capture_output=True, text=True, check=True).stdout

    activate.write_text(f"VIRTUAL_ENV='{folder}/.venv'\n")
    assert "set_up.py" not in planned()
    activate.write_text("VIRTUAL_ENV='/earlier/.venv'\n")
    assert "tools/set_up.py .venv requirements/run.txt --editable" in planned()
