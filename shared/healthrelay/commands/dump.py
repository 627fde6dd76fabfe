"""``healthrelay dump``: everything that a store holds, into one file."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from healthrelay import log
from healthrelay.commands.leave import private_file
from healthrelay.commands.store import name_store, no_store
from healthrelay.commands.words import argument, command
from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    from healthrelay.flows.transfer.person import Step

BAR_WIDTH = 24
_CLEAR_LINE = "\r\x1b[K"
_STORES = "sqlite:///path, firestore or firestore:database, instead of HEALTHRELAY_STORE"
STORE = argument("--store", _STORES, metavar="NAME")


@command(
    "dump",
    "write everything that a store holds into one file",
    argument("file", "-: standard output", nargs="?", default="-", metavar="FILE"),
    STORE,
    description="Writes people, settings, sealed logins, measurements and logs. No key is"
    " needed: what is sealed stays sealed.",
)
def run_dump(args: Namespace) -> int:
    from healthrelay.assembly.stores import open_store
    from healthrelay.assembly.transfer import find_store
    from healthrelay.flows.transfer.dump import dump

    name = find_store(args.store)
    if args.verbose:
        name_store(name)
    if name.path is not None and not Path(name.path).is_file():
        path = Path(name.path).absolute()
        raise BadRequest(f"There is no store at {path}.") if args.store else no_store(path)
    standard = args.file == "-"
    output = nullcontext(sys.stdout.buffer) if standard else private_file(Path(args.file))
    with output as file, progress_bar() as report:
        dumped = dump(open_store(name), datetime.now(UTC), file.write, report)
    log.write_text(
        f"{dumped.people} people with {dumped.records} records.\n"
        "What is sealed opens with the sealing keys alone: keep them too, in another place.\n"
    )
    for user, error in dumped.left_out.items():
        log.write_text(f"{user} is not in the file: {error.sentence} {error.next_step}\n")
    return 1 if dumped.left_out else 0


@contextmanager
def progress_bar(screen: TextIO | None = None) -> Iterator[Callable[[Step], None]]:
    """Yield what draws a step as one line on *screen* (standard error), if that is a terminal."""
    out = screen or sys.stderr

    def write(text: str) -> None:
        # A terminal that is gone stops nothing; a process may have no standard error at all.
        with suppress(OSError, ValueError):
            if out is not None and out.isatty():
                out.write(text)
                out.flush()

    try:
        yield lambda step: write(f"{_CLEAR_LINE}{bar(step)}")
    finally:
        write(_CLEAR_LINE)


def bar(step: Step) -> str:
    """Return ``[####····] 3 of 12: jack``."""
    filled = BAR_WIDTH * (step.number - 1) // step.people
    drawn = "#" * filled + "·" * (BAR_WIDTH - filled)
    return f"[{drawn}] {step.number} of {step.people}: {step.user}"
