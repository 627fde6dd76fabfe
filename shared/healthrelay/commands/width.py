"""How wide a terminal is, and text broken to its width."""

from __future__ import annotations

import re
import shutil
import textwrap

_COMMAND = re.compile(r"(?:(?<=: )|(?<=['`]))healthrelay(?: [^\s.,;:'`]+(?:[.:][^\s.,;:'`]+)*)+")
"""A command that the reader may copy: quoted, or behind a colon."""
_INDENT = re.compile(r" *(?:- )?")


def columns() -> int:
    """Return the width of the terminal, 80 without one."""
    return shutil.get_terminal_size().columns


def wrap(text: str) -> str:
    """Break the lines of *text* between words at the terminal's width; no command is broken."""
    return "\n".join(_wrap_line(line, columns()) for line in text.split("\n"))


def _wrap_line(line: str, width: int) -> str:
    held = _COMMAND.sub(lambda found: found[0].replace(" ", "\0"), line)
    indent = _INDENT.match(line)
    lines = textwrap.wrap(
        held,
        width,
        subsequent_indent=" " * len(indent[0] if indent else ""),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace("\0", " ")
