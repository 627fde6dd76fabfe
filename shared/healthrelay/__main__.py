"""The command line, ``healthrelay …``: each group of commands has a module in `commands`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from dotenv import dotenv_values

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
    register,
    relay,
    run,
    serve,
    user,
)
from healthrelay.core.errors import BadRequest, HealthrelayError, Misconfigured

COMMANDS: dict[str, ModuleType] = {
    "run": run,
    "serve": serve,
    "fetch": fetch,
    "relay": relay,
    "user": user,
    "invite": user,
    "doctor": doctor,
    "register": register,
    "igor": igor,
    "new-key": keys,
    "rotate-keys": keys,
    "disconnect": leave,
    "erase": leave,
    "export": leave,
    "igor-config": igor_config,
    "import": import_igor,
    "dump": dump,
    "load": load,
}
"""The first word of a command line, and the module that reads the others."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 trouble, 2 bad words."""
    words = sys.argv[1:] if arguments is None else arguments
    args = parser(*words[:1]).parse_args(words)
    # What stands in the environment wins over the file.
    for name, value in dotenv_values(".env").items():
        os.environ.setdefault(name, value or "")
    try:
        return int(args.command(args))
    except HealthrelayError as error:
        sys.stderr.write(f"{_error_text(error)}\n")
        return 2 if isinstance(error, BadRequest) else 1


def _error_text(error: HealthrelayError) -> str:
    """Return the sentence, and the settings that it does not name itself."""
    names = error.names if isinstance(error, Misconfigured) else ()
    unsaid = [name for name in names if name not in error.sentence]
    return f"{error.sentence} See {', '.join(unsaid)}." if unsaid else error.sentence


def parser(command: str = "") -> argparse.ArgumentParser:
    """Return what reads the words of *command*, or of all when it is none of them."""
    parser = argparse.ArgumentParser(
        prog="healthrelay", description="Brings a household's Fitbit measurements to Igor."
    )
    commands = parser.add_subparsers(required=True, metavar=f"{{{','.join(COMMANDS)}}}")
    for module in [COMMANDS[command]] if command in COMMANDS else dict.fromkeys(COMMANDS.values()):
        module.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
