"""The unit of `healthrelay service install`: systemd reads it, and what it starts serves."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, Self

import pytest

from healthrelay.core.errors import NotConfigured
from healthrelay.local.service import build_unit
from tests.local.serving import Home
from tests.local.test_commands import healthrelay, without_settings
from tests.peers import install
from tests.peers.process import Process, answers, free_port

SECONDS = 30
ODD = "my home 100% $HOME ${HOME} %h ü"


def verify(unit: Path) -> str:
    """Return what systemd finds wrong with the file *unit*."""
    if not (analyze := shutil.which("systemd-analyze")):
        install.unavailable("there is no systemd-analyze")
    # A name as short as a user's own: sockets of other units lie there.
    with tempfile.TemporaryDirectory(prefix="r") as runtime:
        done = subprocess.run(
            [analyze, "verify", "--user", "--man=no", unit],
            env=os.environ | {"XDG_RUNTIME_DIR": runtime},
            capture_output=True,
            text=True,
            timeout=60,
        )
    return done.stdout + done.stderr


def unit_of(python: Path, folder: Path, *options: str) -> Path:
    """Write the unit that *python* makes for the household in *folder*; return its file."""
    program = (
        "import os, sys; from pathlib import Path; from healthrelay.local.service import *;"
        " unit = build_unit(os.environ, Path.cwd(), sys.argv[1:]);"
        " unit.path.parent.mkdir(parents=True, exist_ok=True); unit.path.write_text(unit.text);"
        " print(unit.path)"
    )
    env = without_settings() | {
        "HEALTHRELAY_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    done = subprocess.run(
        [python, "-c", program, *options], cwd=folder, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.rstrip("\n"))


@pytest.mark.peer
def test_systemd_has_nothing_to_say_of_the_unit_wherever_things_lie(tmp_path: Path) -> None:
    folder = tmp_path / ODD
    folder.mkdir()
    python = folder / "python"
    python.symlink_to(sys.executable)
    unit = unit_of(python, folder, "--port", "9090")
    assert unit == folder / "config/systemd/user/healthrelay.service"

    # It looks whether what is to be started is there, after all that it replaces in a line.
    assert verify(unit) == ""
    python.unlink()
    assert "is not executable" in verify(unit)
    unit.write_text(unit.read_text().replace("NoNewPrivileges", "NoSuchSetting"))
    assert "NoSuchSetting" in verify(unit)


class Machine(NamedTuple):
    """A machine with a systemd that writes down what it is told, and jack's household."""

    home: Home
    said: Path
    env: dict[str, str]

    @classmethod
    def make(cls, home: Home) -> Self:
        said = home.folder / "said"
        said.touch()
        programs = home.folder / "programs"
        programs.mkdir()
        for name in ("systemctl", "loginctl"):
            program = programs / name
            program.write_text(f'#!/bin/sh\necho "{name} $*" >> "{said}"\n')
            program.chmod(0o755)
        env = {"PATH": str(programs), "XDG_CONFIG_HOME": str(home.folder / "config")}
        return cls(home, said, env)

    @property
    def unit(self) -> Path:
        return self.home.folder / "config/systemd/user/healthrelay.service"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return healthrelay(self.home.folder, "service", *words, **self.env)

    def commands(self) -> list[str]:
        """Return what was run since the last look."""
        told = self.said.read_text().splitlines()
        self.said.write_text("")
        return told


@pytest.fixture
def machine(home: Home) -> Machine:
    return Machine.make(home)


ENABLE = ["systemctl --user daemon-reload", "systemctl --user enable healthrelay.service"]
LINGER = "loginctl enable-linger"


@pytest.mark.peer
def test_a_service_is_installed_once_changed_and_taken_away(machine: Machine) -> None:
    shown = machine.run("install", "--user", "--dry-run")
    assert (shown.returncode, machine.unit.exists(), machine.commands()) == (0, False, [])

    first = machine.run("install", "--user")
    assert first.returncode == 0, first.stderr
    assert machine.unit.read_text() in shown.stdout
    restart, start = (
        f"systemctl --user {word} healthrelay.service" for word in ("restart", "start")
    )
    commands = machine.commands()
    assert commands == [*ENABLE, restart, LINGER]
    assert shown.stdout.strip().endswith("\n".join(commands))
    assert "journalctl --user -u healthrelay" in first.stdout

    assert machine.run("install", "--user").returncode == 0
    assert machine.commands() == [*ENABLE, start, LINGER]
    other = machine.run("install", "--user", "--port", "9090")
    assert other.returncode == 0
    # Whoever registered with the provider on another port would be refused there.
    assert "HEALTHRELAY_PUBLIC_URL=http://127.0.0.1:9090" in other.stderr
    assert machine.commands() == [*ENABLE, restart, LINGER]
    assert '"--port" "9090"' in machine.unit.read_text()

    gone = machine.run("uninstall")
    assert (gone.returncode, gone.stdout, machine.unit.exists()) == (0, "It is gone.\n", False)
    assert machine.commands() == [
        "systemctl --user disable --now healthrelay.service",
        "systemctl --user daemon-reload",
    ]
    again = machine.run("uninstall")
    assert (again.returncode, again.stdout) == (0, "There is no service.\n")
    assert machine.commands() == []


@pytest.mark.peer
def test_what_the_unit_starts_serves_with_the_settings_beside_the_store(
    machine: Machine, stack: ExitStack
) -> None:
    port = free_port()
    settings = machine.home.folder / "data" / ".env"
    settings.write_text(f"HEALTHRELAY_RELAY_URL=http://nas.local:{port}\n")
    assert machine.run("install", "--user", "--port", str(port)).returncode == 0
    facts = dict(re.findall(r"^(\w+)=(.*)$", machine.unit.read_text(), re.MULTILINE))
    env = without_settings() | dict([shlex.split(facts["Environment"])[0].split("=", 1)])

    process = Process(
        shlex.split(facts["ExecStart"]),
        env=env,
        cwd=Path(facts["WorkingDirectory"]),
        log=machine.home.folder / "log",
    )
    stack.callback(process.kill)
    process.wait_until(lambda: answers(f"http://127.0.0.1:{port}/relay?health"), SECONDS)

    assert machine.home.get(port, "relay").status_code == 200
    shown = healthrelay(machine.home.folder, "igor-config", "jack").stdout
    assert f"nas.local%3A{port}" in shown
    assert process.terminate() == 0


@pytest.mark.peer
def test_who_may_not_stay_logged_out_learns_the_way(machine: Machine) -> None:
    (Path(machine.env["PATH"]) / "loginctl").write_text(
        "#!/bin/sh\necho Access denied >&2\nexit 1\n"
    )

    done = machine.run("install", "--user")

    assert done.returncode == 0
    assert "`loginctl enable-linger` failed: Access denied" in done.stderr
    assert "sudo loginctl enable-linger $USER" in done.stderr


@pytest.mark.peer
def test_a_machine_without_systemd_gets_a_sentence(machine: Machine) -> None:
    for program in Path(machine.env["PATH"]).iterdir():
        program.unlink()

    done = machine.run("install", "--user")

    assert done.returncode == 5
    assert done.stderr.startswith("There is no systemd on this machine: systemctl is not found.")
    assert not machine.unit.exists()


@pytest.mark.parametrize("odd", ['a "house"', "a 'house'", "a\\house", "a\nhouse"])
def test_a_name_that_no_unit_can_hold_is_refused(tmp_path: Path, odd: str) -> None:
    with pytest.raises(NotConfigured, match="use another folder"):
        build_unit({"HEALTHRELAY_HOME": str(tmp_path / odd)}, tmp_path, [])
