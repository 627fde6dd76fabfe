"""``healthrelay dump``: everything that a store holds, into one file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from healthrelay.commands.leave import private_file

if TYPE_CHECKING:
    from healthrelay.commands.pairs import Commands
    from healthrelay.flows.transfer.person import Step

BAR_WIDTH = 24
_CLEAR_LINE = "\r\x1b[K"


def add(commands: Commands) -> None:
    """Add the arguments of ``dump``."""
    parser = commands.add_parser(
        "dump",
        help="write everything that a store holds into one file",
        description="Writes people, settings, sealed logins, measurements and logs. No key is"
        " needed: what is sealed stays sealed.",
    )
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="-: standard output")
    take_store(parser)
    parser.set_defaults(command=_run_dump)


def take_store(parser: argparse.ArgumentParser) -> None:
    """Let *parser* take ``--store NAME``."""
    words = "sqlite:///path, firestore or firestore:database, instead of HEALTHRELAY_STORE"
    parser.add_argument("--store", metavar="NAME", help=words)


def _run_dump(args: argparse.Namespace) -> int:
    from healthrelay.assembly.stores import open_store
    from healthrelay.assembly.transfer import find_store
    from healthrelay.core.errors import BadRequest
    from healthrelay.flows.transfer.dump import dump

    name = find_store(args.store)
    if name.path is not None and not Path(name.path).is_file():
        raise BadRequest(f"There is no store at {name.path}.")
    standard = args.file == "-"
    output = nullcontext(sys.stdout.buffer) if standard else private_file(Path(args.file))
    with output as file, progress_bar() as report:
        dumped = dump(open_store(name), datetime.now(UTC), file.write, report)
    print(
        f"{dumped.people} people with {dumped.records} records.\n"
        "What is sealed opens with the sealing keys alone: keep them too, in another place.",
        file=sys.stderr,
    )
    return 0


@contextmanager
def progress_bar(screen: TextIO | None = None) -> Iterator[Callable[[Step], None]]:
    """Yield what draws a step as one line on *screen* (standard error), if that is a terminal."""
    out = screen or sys.stderr

    def draw(step: Step) -> None:
        if out.isatty():
            out.write(f"{_CLEAR_LINE}{bar(step)}")
            out.flush()

    try:
        yield draw
    finally:
        if out.isatty():
            out.write(_CLEAR_LINE)
            out.flush()


def bar(step: Step) -> str:
    """Return ``[####····] 3 of 12: jack``."""
    filled = BAR_WIDTH * (step.number - 1) // step.people
    drawn = "#" * filled + "·" * (BAR_WIDTH - filled)
    return f"[{drawn}] {step.number} of {step.people}: {step.user}"
