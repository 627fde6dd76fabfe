"""``healthrelay service``: `serve` as a service of this user, by systemd."""

import os
import shlex
from pathlib import Path

import click

from healthrelay.assembly import services
from healthrelay.commands.arguments import flag
from healthrelay.commands.face import CommandGroup, command, wants_sandbox
from healthrelay.commands.output import Result, Verbatim
from healthrelay.commands.serve import other_port, serve_options
from healthrelay.core.errors import BadRequest


@command(
    "install",
    "service install --user",
    "service install --user --host 0.0.0.0 --port 9090",
    "service install --user --dry-run",
    begins=True,
)
@serve_options
@flag("--dry-run", "Show the unit and every command, and do nothing.")
@flag("--user", "The service is this user's, which is the only kind.")
def install_service(
    port: int, host: str, trusted_proxy: str | None, dry_run: bool, user: bool
) -> Result:
    """Have systemd serve from now on, also after a restart of the machine."""
    from healthrelay.local import service

    _refuse_sandbox()
    options = ["--port", str(port), "--host", host]
    options += ["--trusted-proxy", trusted_proxy] if trusted_proxy else []
    if not dry_run:
        services()  # settings that are wrong are named now, and the household's folder is made
    unit = service.build_unit(os.environ, Path.cwd(), options)
    commands = [shlex.join(words) for words in unit.commands()]
    data = {"file": str(unit.path), "commands": commands, "dry_run": dry_run}
    if dry_run:
        return Result(data, Verbatim("\n".join([f"# {unit.path}", unit.text, *commands])))
    refused = service.install(unit)
    lines = [
        f"{unit.path} is installed, and runs: it starts with the machine.",
        f"Its log: {service.LOG_COMMAND} --follow",
    ]
    if refused:
        refused += f". It ends when you log out, until: sudo {commands[-1]} $USER"
    note = ".\n".join(filter(None, (other_port(port), refused)))
    return Result(data, "\n".join(lines), note=note)


@command("uninstall", "service uninstall")
def uninstall_service() -> Result:
    """Stop the service and take it away; the household stays."""
    from healthrelay.local import service

    _refuse_sandbox()
    removed = service.uninstall(os.environ)
    return Result({"removed": removed}, "It is gone." if removed else "There is no service.")


def _refuse_sandbox() -> None:
    if wants_sandbox(click.get_current_context()):
        raise BadRequest("The sandbox is no service: healthrelay --sandbox serve shows it.")


SERVICE = CommandGroup(
    "service",
    help="Serve as a service of systemd.",
    places={"install": "service.install_service", "uninstall": "service.uninstall_service"},
)
