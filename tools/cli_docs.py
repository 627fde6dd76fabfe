"""Write the reference in docs/cli.md from the commands themselves: `python tools/cli_docs.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click

from healthrelay.__main__ import CLI
from healthrelay.commands.exits import EXITS
from healthrelay.commands.face import PROGRAM, Leaf

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
MARK = "<!-- What follows is written by tools/cli_docs.py. -->\n"
_EVERYWHERE = {"as_json", "verbose", "sandbox", "help"}


def page(head: str) -> str:
    """Return the page: *head* as it is up to `MARK`, and behind it exit codes and commands."""
    lines = ["", "## Exit codes", "", "| code | means |", "|---|---|"]
    lines += [f"| {code} | {sentence} |" for code, sentence in EXITS.items()]
    lines += ["", "## Every command", ""]
    lines += ["Each also takes `--json`, `--verbose` (`-v`), `--sandbox` and `--help`.", ""]
    return head.partition(MARK)[0] + MARK + "\n".join([*lines, *_commands(CLI, PROGRAM)])


def _commands(group: click.Group, words: str) -> Iterator[str]:
    ctx = click.Context(group, info_name=words)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{words} {name}")
        elif isinstance(command, Leaf):
            yield from _command(command, f"{words} {name}")


def _command(command: Leaf, words: str) -> Iterator[str]:
    ctx = click.Context(command, info_name=words)
    yield from (f"### `{words}`", "")
    yield from (re.sub(r"(?<!\n)\n(?!\n)", " ", cleandoc(command.help or "")), "")
    shown = [param for param in command.params if param.name not in _EVERYWHERE]
    if records := [record for param in shown if (record := param.get_help_record(ctx))]:
        yield from ("| word | is |", "|---|---|")
        yield from (f"| `{_cell(word)}` | {_cell(text)} |" for word, text in records)
        yield ""
    yield from ("```", *(f"{PROGRAM} {example}" for example in command.examples), "```", "")


def _cell(text: str) -> str:
    return text.replace("  ", " ").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
