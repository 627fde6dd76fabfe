"""Tables and bars on a terminal, by rich: imported where one is drawn, as it takes its time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from healthrelay.commands.width import columns, wrap

_COLOURS = {
    "connected": "green",
    "ok": "green",
    "not connected": "yellow",
    "failing": "yellow",
    "needs": "red",
    "paused": "red",
}
"""How a cell begins → its colour."""
_GAP = 2
"""Columns between those of a table."""


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]], screen: TextIO) -> None:
    """Draw a table; as a block of lines for each row where a word would have to be broken."""
    console = Console(file=screen, width=columns(), highlight=False)
    words = [" ".join(column).split() for column in zip(head, *rows, strict=True)]
    widths = [max(map(len, column)) for column in words]
    if sum(widths) + _GAP * (len(widths) - 1) > columns():
        _print_blocks(head, rows, console)
        return
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
    for name, width in zip(head, widths, strict=True):
        table.add_column(name, min_width=width)
    for name, *cells in rows:
        table.add_row(Text(name, "bold"), *map(_coloured, cells))
    console.print(table)


def _print_blocks(head: Sequence[str], rows: Sequence[Sequence[str]], console: Console) -> None:
    for number, (name, *cells) in enumerate(rows):
        console.print(Text("\n" * (number > 0) + name, "bold"))
        for title, cell in zip(head[1:], cells, strict=True):
            line = wrap(f"  {title}: {cell}".replace("\n", " "))
            console.print(Text(line), soft_wrap=True)


def _coloured(cell: str) -> Text:
    return Text(cell, next((name for word, name in _COLOURS.items() if cell.startswith(word)), ""))


class _Lenient:
    """A terminal that may be gone: what cannot be written is dropped."""

    def __init__(self, screen: TextIO) -> None:
        self._screen = screen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._screen, name)

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._screen.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._screen.flush()


@contextmanager
def progress_bar(what: str, screen: TextIO) -> Iterator[Progress]:
    """Yield a bar of one task, *what*, with the time that is left; it goes when the block ends."""
    lenient = cast(TextIO, _Lenient(screen))
    console = Console(file=lenient, force_terminal=True, width=columns())
    texts = TextColumn("{task.description}"), TextColumn("{task.fields[now]}")
    parts = texts[0], BarColumn(), texts[1], TimeRemainingColumn(compact=True)
    with Progress(*parts, console=console, transient=True, redirect_stdout=False) as bar:
        bar.add_task(what, total=None, now="")
        yield bar
