"""`healthrelay serve` as a service of this user, by systemd: it starts with the machine.

The form of a unit's file is that of systemd.unit(5), systemd.service(5) and systemd.exec(5).
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from healthrelay.config.home import home
from healthrelay.config.readers import PREFIX, settings_in
from healthrelay.core.errors import Misconfigured, NotConfigured

NAME = "healthrelay.service"
LOG_COMMAND = "journalctl --user -u healthrelay"
LINGER = ("loginctl", "enable-linger")
"""Without it a user's services end when they log out."""
_TIMEOUT_SECONDS = 60
_UNIT = """\
# Made by `healthrelay service install`, which writes over it.
[Unit]
Description=healthrelay serve

[Service]
Type=exec
WorkingDirectory={folder}
{environment}
ExecStart={command}
Restart=on-failure
RestartSec=30
TimeoutStopSec=20
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target
"""


class SystemdUnit(NamedTuple):
    """A unit's file."""

    path: Path
    text: str

    @property
    def is_there(self) -> bool:
        return self.path.is_file() and self.path.read_text() == self.text

    def commands(self) -> list[Sequence[str]]:
        """Return what is run once the file is written; the last may be refused."""
        return [
            ("systemctl", "--user", "daemon-reload"),
            ("systemctl", "--user", "enable", NAME),
            ("systemctl", "--user", "start" if self.is_there else "restart", NAME),
            LINGER,
        ]


def build_unit(environment: Mapping[str, str], folder: Path, options: Sequence[str]) -> SystemdUnit:
    """Return the unit of ``serve`` with *options* for the household that *environment* names.

    It runs in *folder* where that has settings in a file, else in the household's own folder.
    """
    household = home(settings_in(environment))
    named = {f"{PREFIX}HOME": str(household)}
    if store := environment.get(f"{PREFIX}STORE"):
        named[f"{PREFIX}STORE"] = store
    words = ["-P", "-m", "healthrelay", "serve", *options]
    # In what is to be started a dollar is a dollar; in its arguments it would begin a variable.
    command = [_quote(sys.executable), *(_quote(word).replace("$", "$$") for word in words)]
    text = _UNIT.format(
        folder=_escape(str(folder if (folder / ".env").is_file() else household)),
        environment="\n".join(f"Environment={_quote(f'{n}={v}')}" for n, v in named.items()),
        command=" ".join(command),
    )
    return SystemdUnit(_unit_path(environment), text)


def _unit_path(environment: Mapping[str, str]) -> Path:
    named = Path(environment.get("XDG_CONFIG_HOME", ""))
    config = named if named.is_absolute() else Path.home() / ".config"
    return config / "systemd" / "user" / NAME


def install(unit: SystemdUnit) -> str:
    """Write *unit* where it is not yet, start it now and with the machine.

    Return what refused to let it run while the user is logged out; empty if nothing did.
    """
    _require_systemd()
    *commands, linger = unit.commands()
    if not unit.is_there:
        unit.path.parent.mkdir(parents=True, exist_ok=True)
        unit.path.write_text(unit.text)
    for command in commands:
        _run(command)
    try:
        _run(linger)
    except Misconfigured as error:
        return error.sentence
    return ""


def uninstall(environment: Mapping[str, str]) -> bool:
    """Stop the service and take its file away; return whether there was one."""
    path = _unit_path(environment)
    if not path.is_file():
        return False
    _require_systemd()
    _run(("systemctl", "--user", "disable", "--now", NAME))
    path.unlink()
    _run(("systemctl", "--user", "daemon-reload"))
    return True


def _require_systemd() -> None:
    if shutil.which("systemctl") is None:
        error = NotConfigured("There is no systemd on this machine: systemctl is not found.")
        error.next_step = "Let what starts programs here start `healthrelay serve` (docs/home.md)."
        raise error


def _run(command: Sequence[str]) -> None:
    """Raise `Misconfigured` where *command* fails or is not there."""
    try:
        done = subprocess.run(  # noqa: S603 - the words are ours
            command, capture_output=True, text=True, errors="replace", timeout=_TIMEOUT_SECONDS
        )
        reason = done.stderr.strip().rpartition("\n")[2] or f"exit {done.returncode}"
        failed = done.returncode != 0
    except (OSError, subprocess.TimeoutExpired) as error:
        failed, reason = True, type(error).__name__
    if failed:
        raise Misconfigured(f"`{' '.join(command)}` failed: {reason}").with_cause("service")


def _quote(word: str) -> str:
    return f'"{_escape(word)}"'


def _escape(text: str) -> str:
    """Return *text* with nothing that systemd would replace; it has no way to start some names."""
    if not text.isprintable() or set("'\"\\") & set(text):
        raise NotConfigured(f"No service can be made with the name {text!r}: use another folder.")
    return text.replace("%", "%%")
