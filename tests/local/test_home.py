"""A command that reads makes nothing, and says where it looked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from healthrelay.assembly import services
from tests.command_line import leaves
from tests.household import run_command
from tests.local.test_commands import ROOT, healthrelay, make_store, without_settings

BEGIN = {
    *("run", "serve", "user add", "setup", "register", "igor", "import igor", "load"),
    "service install",
}
"""What makes a store."""
WITHOUT = {"new-key", "service uninstall"}
"""What needs none."""
WORDS = {
    "user set": ["jack"],
    "user key": ["jack"],
    "invite": ["jack"],
    "fetch": ["jack", "--plan"],
    "relay add": ["jack", "https://receiver.example"],
    "relay rotate": ["jack", "name"],
    "relay remove": ["jack", "name"],
    "relay replay": ["jack"],
    "relay test": ["jack", "name"],
    "status": ["jack"],
    "probe": ["jack"],
    "move-account": ["jack", "--remove", "--yes"],
    "disconnect": ["jack", "--yes"],
    "erase": ["jack", "--yes"],
    "export": ["jack"],
    "igor-config": ["jack"],
}
"""What more those commands need."""


ALL = [name for name, _ in leaves()]


def made(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", [name for name in ALL if name not in BEGIN | WITHOUT])
def test_without_a_store_nothing_is_made(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for setting in [setting for setting in os.environ if setting.startswith("HEALTHRELAY_")]:
        monkeypatch.delenv(setting)
    monkeypatch.setenv("HEALTHRELAY_HOME", "data")
    monkeypatch.chdir(tmp_path)
    services.cache_clear()

    printed = run_command(*name.split(), *WORDS.get(name, []), code=5).err

    assert printed.startswith(f"There is no store at {tmp_path}/data/healthrelay.db.")
    assert "HEALTHRELAY_HOME" in printed
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [["user", "list"], ["doctor"]])
def test_without_keys_none_are_made(tmp_path: Path, name: list[str]) -> None:
    make_store(tmp_path)
    (tmp_path / "data" / "keys.env").unlink()

    done = healthrelay(tmp_path, *name)

    assert done.returncode == 5
    assert f"put {tmp_path}/data/keys.env back" in done.stderr
    assert made(tmp_path) == ["data/healthrelay.db"]


def test_a_first_person_makes_the_store_wherever_the_command_is_given(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    home = {"HEALTHRELAY_HOME": str(tmp_path / "data")}

    assert healthrelay(tmp_path, "user", "add", "jack").returncode == 0
    listed = healthrelay(elsewhere, "user", "list", **home)

    assert listed.stdout.startswith("jack\t")
    assert list(elsewhere.iterdir()) == []


def test_a_place_that_cannot_be_looked_at_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for home, words in ((f"{tmp_path}/file", "no store at"), ("x" * 300, "cannot be looked at")):
        done = healthrelay(tmp_path, "user", "list", HEALTHRELAY_HOME=home)
        assert (done.returncode, words in done.stderr) == (5, True), done.stderr
        assert "Traceback" not in done.stderr


def test_verbose_names_the_store(tmp_path: Path) -> None:
    make_store(tmp_path)
    path = tmp_path / "data" / "healthrelay.db"

    assert healthrelay(tmp_path, "user", "list", "-v").stderr == f"Store: sqlite {path}\n"
    assert healthrelay(tmp_path, "dump", "-v").stderr.startswith(f"Store: sqlite {path}\n")
    named = healthrelay(tmp_path, "user", "list", "-v", HEALTHRELAY_STORE="sqlite:///x.db")
    assert named.stderr.startswith(f"Store: sqlite {tmp_path}/x.db\n")


def installed(folder: Path) -> Path:
    """Copy the package as it is installed, without the checkout around it; return where."""
    packages = folder / "lib" / "python" / "site-packages"
    shutil.copytree(
        ROOT / "shared" / "healthrelay",
        packages / "healthrelay",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return packages


@pytest.mark.parametrize("words", [["user", "list"], ["user", "add", "jack"]])
def test_the_store_of_an_earlier_version_is_not_passed_over(
    tmp_path: Path, words: list[str]
) -> None:
    here = tmp_path / "here"
    make_store(here)
    env = without_settings() | {"PYTHONPATH": str(installed(tmp_path)), "HOME": str(tmp_path)}
    env.pop("XDG_DATA_HOME", None)

    done = subprocess.run(
        [sys.executable, "-m", "healthrelay", *words],
        cwd=here,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 5
    assert f"There is a store at {here}/data/healthrelay.db, and none at" in done.stderr
    assert not (tmp_path / ".local").exists()
