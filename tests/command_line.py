"""The table of commands, as tests walk through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from healthrelay.__main__ import CLI
from healthrelay.commands.face import PROGRAM, Leaf


def leaves(group: click.Group = CLI, before: str = "") -> Iterator[tuple[str, Leaf]]:
    """Yield the words of each command that does something, and the command."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command, words = group.get_command(ctx, name), f"{before} {name}".strip()
        if isinstance(command, click.Group):
            yield from leaves(command, words)
        else:
            assert isinstance(command, Leaf), words
            yield words, command


def parse(words: Sequence[str]) -> None:
    """Read *words* as a command line does, and do nothing. Raise what click raises."""
    command: click.Command = CLI
    parent, rest, name = None, [*words], PROGRAM
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        parent = click.Context(command, parent, info_name=name)
        found, next_command, rest = command.resolve_command(parent, rest)
        assert found is not None
        assert next_command is not None
        command, name = next_command, found
    command.make_context(name, rest, parent=parent)
