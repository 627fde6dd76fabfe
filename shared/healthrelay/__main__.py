"""The command line, ``healthrelay …``: each group of commands has a module in `commands`."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

from healthrelay import assembly, log
from healthrelay.commands import (
    doctor,
    dump,
    fetch,
    igor,
    igor_config,
    import_igor,
    keys,
    leave,
    load,
    move_account,
    probe,
    register,
    relay,
    run,
    serve,
    status,
    user,
)
from healthrelay.commands.store import check_store
from healthrelay.commands.words import Command
from healthrelay.core.errors import BadRequest, HealthrelayError, Misconfigured

_COMMANDS = (
    run.run_demo,
    serve.run_serve,
    fetch.run_fetch,
    relay.RELAY,
    user.PEOPLE,
    user.print_invitation,
    doctor.run_doctor,
    status.run_status,
    probe.run_probe,
    register.run_register,
    igor.set_igor,
    keys.new_key,
    keys.rotate_keys,
    move_account.run_move,
    leave.run_disconnect,
    leave.run_erase,
    leave.run_export,
    igor_config.print_igor_config,
    import_igor.IMPORT,
    dump.run_dump,
    load.run_load,
)
_ENVIRONMENT_FILE = Path(".env")
_OUTPUT_LOST = (errno.EPIPE, errno.ENOSPC, errno.EIO)
COMMANDS: dict[str, Command] = {command.name: command for command in _COMMANDS}
"""By the first word of a command line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 trouble, 2 bad words."""
    code = _run(arguments)
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except OSError:
        _write_no_more(sys.stderr)
    return code


def _run(arguments: Sequence[str] | None) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    args = parser(*words[:1]).parse_args(words)
    check = partial(check_store, begins=args.begins, verbose=args.verbose)
    asked = assembly.opening.set(check)
    try:
        if _ENVIRONMENT_FILE.exists():
            _use_environment_file()
        code = int(args.command(args) or 0)
    except HealthrelayError as error:
        log.write_text(f"{_error_text(error)}\n")
        code = 2 if isinstance(error, BadRequest) else 1
    except OSError as error:
        if error.errno not in _OUTPUT_LOST or error.filename is not None:
            raise
        return _end_output(error)
    finally:
        assembly.opening.reset(asked)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        return max(code, _end_output(error))
    return code


def _use_environment_file() -> None:
    from healthrelay.config.text_file import read_environment_file  # noqa: PLC0415 - most have none

    for name, value in read_environment_file(_ENVIRONMENT_FILE).items():
        os.environ.setdefault(name, value)  # what stands in the environment wins


def _end_output(error: OSError) -> int:
    """Write no more to standard output, which took no more; return the exit code."""
    if error.errno != errno.EPIPE:  # who closes a pipe has read enough
        log.write_text(f"The output cannot be written ({error.strerror}).\n")
    _write_no_more(sys.stdout)
    return 1


def _write_no_more(stream: TextIO) -> None:
    """Drop what waits in *stream*; Python would try again at its end, and exit with 120."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _error_text(error: HealthrelayError) -> str:
    """Return the sentence, the settings that it does not name itself, and the next step."""
    names = error.names if isinstance(error, Misconfigured) else ()
    unsaid = [name for name in names if name not in error.sentence]
    see = f"See {', '.join(unsaid)}." if unsaid else ""
    return " ".join(filter(None, (error.sentence, see, error.next_step)))


def parser(command: str = "") -> argparse.ArgumentParser:
    """Return what reads the words of *command*, or of all when it is none of them."""
    parser = argparse.ArgumentParser(
        prog="healthrelay", description="Brings a household's Fitbit measurements to Igor."
    )
    group = parser.add_subparsers(required=True, metavar=f"{{{','.join(COMMANDS)}}}")
    for one in [COMMANDS[command]] if command in COMMANDS else COMMANDS.values():
        _add_command(one, group)
    return parser


def _add_command(
    command: Command, group: argparse._SubParsersAction[argparse.ArgumentParser]
) -> None:
    parser = group.add_parser(command.name, help=command.help, description=command.description)
    parser.set_defaults(command=command.run, begins=command.begins)
    parser.add_argument("-v", "--verbose", action="store_true", help="name the store")
    for name, options in command.arguments:
        parser.add_argument(name, **options)
    if command.parts:
        parts = parser.add_subparsers(required=True)
        for part in command.parts:
            _add_command(part, parts)


if __name__ == "__main__":
    sys.exit(main())
