"""What a command has to say: for programs, for a pipe, and for a terminal of any width."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TextIO

from healthrelay import log
from healthrelay.commands.exits import exit_code
from healthrelay.commands.width import wrap

if TYPE_CHECKING:
    from healthrelay.core.errors import HealthrelayError

Report = Callable[[int, int, str], None]
"""Takes how many steps are done, of how many, and what comes now."""


class Verbatim(str):
    """Text to copy: no line of it is broken."""

    __slots__ = ()


class Grid(NamedTuple):
    """Rows under a head; to a pipe go the rows alone, with tabs between the cells.

    A cell's further lines go below its row there. *text* is for a pipe instead.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    text: str = ""

    def plain(self) -> str:
        """Return what a program or a file gets."""
        return self.text or "\n".join("\t".join(row).replace("\n", "\n\t") for row in self.rows)


class Result(NamedTuple):
    """What a command did: *data* for programs, *parts* for a reader, and the exit code."""

    data: object
    parts: str | Grid | Sequence[str | Grid]
    code: int = 0
    note: str = ""
    """For standard error."""


def show(result: Result, command: str, *, as_json: bool, goes_on: bool = False) -> None:
    """Print *result* on standard output. Raise `OSError` where it takes no more.

    Of a command that *goes_on* JSON is one line: its reader knows that it is whole.
    """
    if as_json:
        show_json(command, result.code, result.data, indent=None if goes_on else 2)
    else:
        parts = result.parts
        for part in [parts] if isinstance(parts, str | Grid) else parts:
            _print_part(part, sys.stdout)
        if goes_on:
            sys.stdout.flush()
    if result.note:
        complain(result.note)


def show_json(
    command: str, code: int, data: object, error: object = None, *, indent: int | None = 2
) -> None:
    """Print the one JSON object that every command gives a program."""
    document = {"command": command, "exit_code": code, "result": data, "error": error}
    print(json.dumps(document, indent=indent), flush=True)


def show_error(command: str, error: HealthrelayError) -> None:
    """Print the same object of a command that *error* ended."""
    members = ("sentence", "who", "cause", "next_step")
    show_json(command, exit_code(error), None, {name: getattr(error, name) for name in members})


def is_lost(error: Exception) -> bool:
    """Return whether *error* says that the output takes no more: no file has to do with it."""
    lost = (errno.EPIPE, errno.ENOSPC, errno.EIO)
    return isinstance(error, OSError) and error.errno in lost and error.filename is None


def complain(text: str) -> None:
    """Write sentences on standard error, which may take nothing."""
    screen = sys.stderr
    log.write_text(f"{wrap(text) if is_terminal(screen) else text}\n")


def is_terminal(screen: TextIO | None) -> bool:
    """Return whether a person reads *screen*; a process may have none."""
    try:
        return screen is not None and screen.isatty()
    except ValueError:  # it was closed
        return False


def _print_part(part: str | Grid, screen: TextIO) -> None:
    terminal = is_terminal(screen)
    if isinstance(part, Grid):
        if terminal and part.rows:
            from healthrelay.commands.terminal import print_table

            print_table(part.head, part.rows, screen)
        elif part.rows:
            print(part.plain(), file=screen)
    else:
        keep = isinstance(part, Verbatim) or not terminal
        print(part if keep else wrap(part), file=screen)


@contextmanager
def progress(what: str) -> Iterator[Report]:
    """Yield what draws a bar with the time that is left, on a terminal's standard error only."""
    if not is_terminal(sys.stderr):
        yield lambda _done, _steps, _now: None
        return
    from healthrelay.commands.terminal import progress_bar

    with progress_bar(what, sys.stderr) as bar:
        (task,) = bar.task_ids
        yield lambda done, steps, now: bar.update(task, completed=done, total=steps, now=now)
