"""The command line, ``healthrelay …``: each group of commands has a module in `commands`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

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

GROUPS = (
    run,
    serve,
    fetch,
    relay,
    user,
    doctor,
    register,
    igor,
    keys,
    leave,
    igor_config,
    import_igor,
    dump,
    load,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 trouble, 2 bad words."""
    said = parser().parse_args(arguments)
    # What stands in the environment wins over the file.
    for name, value in dotenv_values(".env").items():
        os.environ.setdefault(name, value or "")
    try:
        return int(said.command(said))
    except HealthrelayError as error:
        sys.stderr.write(f"{_told(error)}\n")
        return 2 if isinstance(error, BadRequest) else 1


def _told(error: HealthrelayError) -> str:
    """The sentence, and the settings that it does not name itself."""
    names = error.names if isinstance(error, Misconfigured) else ()
    unsaid = [name for name in names if name not in error.sentence]
    return f"{error.sentence} See {', '.join(unsaid)}." if unsaid else error.sentence


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="healthrelay",
        description="Brings a household's Fitbit measurements to Igor.",
    )
    commands = parser.add_subparsers(required=True)
    for group in GROUPS:
        group.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
