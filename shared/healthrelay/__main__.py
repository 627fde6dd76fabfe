"""The command line, ``healthrelay …``: each group of commands has a module in `commands`."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import TextIO

import click

from healthrelay import log
from healthrelay.commands.exits import OTHER, STOPPED
from healthrelay.commands.face import PROGRAM, CommandGroup, SandboxOption, run
from healthrelay.commands.output import is_lost

COMPLETE = "_HEALTHRELAY_COMPLETE"
"""The variable by which a shell asks how a word goes on."""


@click.group(
    PROGRAM,
    cls=CommandGroup,
    params=[SandboxOption()],
    places={
        "run": "run.run_demo",
        "serve": "serve.run_serve",
        "service": "service.SERVICE",
        "fetch": "fetch.run_fetch",
        "relay": "relay.RELAY",
        "user": "user.PEOPLE",
        "invite": "user.print_invitation",
        "open": "open_page.print_page_link",
        "doctor": "doctor.run_doctor",
        "status": "status.run_status",
        "probe": "probe.run_probe",
        "setup": "setup.run_setup",
        "register": "register.run_register",
        "igor": "igor.set_igor",
        "new-key": "keys.new_key",
        "rotate-keys": "keys.rotate_keys",
        "move-account": "move_account.run_move",
        "disconnect": "leave.run_disconnect",
        "erase": "leave.run_erase",
        "export": "leave.run_export",
        "igor-config": "igor_config.print_igor_config",
        "import": "import_igor.IMPORT",
        "dump": "dump.run_dump",
        "load": "load.run_load",
    },
)
@click.version_option(package_name=PROGRAM, prog_name=PROGRAM, message="%(prog)s %(version)s")
def CLI() -> None:  # noqa: N802 - a table, made by decorating what does nothing
    """Bring a household's Fitbit and Google Health measurements to Igor."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (`commands.exits`)."""
    code = _run(sys.argv[1:] if arguments is None else arguments)
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except OSError:
        _write_no_more(sys.stderr)
    return code


def _run(words: Sequence[str]) -> int:
    try:
        code = _complete() if COMPLETE in os.environ else run(CLI, words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        log.write_text("\n")
        return STOPPED
    except OSError as error:
        if not is_lost(error):
            raise
        return _end_output(error)
    return code


def _complete() -> int:
    from click.shell_completion import shell_complete  # noqa: PLC0415 - a shell asks for it alone

    return shell_complete(CLI, {}, PROGRAM, COMPLETE, os.environ[COMPLETE])


def _end_output(error: OSError) -> int:
    """Write no more to standard output, which took no more; return the exit code."""
    if error.errno != errno.EPIPE:  # who closes a pipe has read enough
        log.write_text(f"The output cannot be written ({error.strerror}).\n")
    _write_no_more(sys.stdout)
    return OTHER


def _write_no_more(stream: TextIO) -> None:
    """Drop what waits in *stream*; Python would try again at its end, and exit with 120."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
