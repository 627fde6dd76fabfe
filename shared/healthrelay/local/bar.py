"""How far a long work is, on standard error: one line that is drawn anew on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthrelay.flows.copy_store import Step

WIDTH = 24
_CLEAR = "\r\x1b[K"


@contextmanager
def bar(file: TextIO | None = None) -> Iterator[Callable[[Step], None]]:
    """Draw each step that is told while the block runs; into a file, one line a person."""
    out = file or sys.stderr
    drawn = out.isatty()
    shown = ""

    def tell(step: Step) -> None:
        nonlocal shown
        if drawn:
            out.write(_CLEAR + line(step))
        elif step.user != shown:
            out.write(f"{line(step)}\n")
        shown = step.user
        out.flush()

    try:
        yield tell
    finally:
        if drawn and shown:
            out.write(_CLEAR)
            out.flush()


def line(step: Step) -> str:
    """``[####····] 3 of 12: jack, 300 of 1,200 records, 900 to go; 9 more to come``."""
    part = step.done / step.records if step.records else 0
    filled = int(WIDTH * (step.number - 1 + part) / step.people)
    told = f"[{'#' * filled}{'·' * (WIDTH - filled)}] {step.number} of {step.people}: {step.user}"
    if step.records:
        told += f", {step.done:,} of {step.records:,} records, {step.records - step.done:,} to go"
    return f"{told}; {step.people - step.number} more to come"
