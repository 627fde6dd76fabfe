"""What the program prints names commands, and options, that there are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import click
import pytest

from healthrelay.__main__ import CLI
from tests.house.measures import HERE as ROOT

_NAMED = re.compile(
    r"(?<![\w./-])healthrelay ([a-z][\w-]*(?: (?:--[a-z-]+|[A-Z{][\w{}]*|[a-z-]+))*)"
)
PROSE = """
answered asks at belongs brings can cannot does for from gives has in into is itself link made may
must needs on printed read reads runs speaks store to was with write
beheert bij brengt draait kan leest mag met thuis
"""
"""What follows the name in a sentence, in the languages of the pages."""


def texts() -> Iterator[str]:
    """Yield each text of the program: of its code, its tables and its pages."""
    for path in [*(ROOT / "shared").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for kind in ("*.json", "*.html"):
        yield from (path.read_text() for path in (ROOT / "shared" / "healthrelay").rglob(kind))


SAID = sorted({m[1] for text in texts() for m in _NAMED.finditer(text)})


def wrong(said: str) -> str:
    """Return the first word of a command that there is not; nothing where all are."""
    first, *rest = said.split()
    command = CLI.get_command(click.Context(CLI), first)
    if command is None:
        return first
    if isinstance(command, click.Group) and rest:
        command = command.get_command(click.Context(command), rest[0])
        if command is None:
            return rest[0]
    known = {name for param in command.params for name in param.opts} | {"--help"}
    return next((word for word in rest if word.startswith("--") and word not in known), "")


@pytest.mark.parametrize("said", [one for one in SAID if one.split()[0] not in PROSE.split()])
def test_what_is_named_is_a_command(said: str) -> None:
    assert wrong(said) == "", f"or it begins with a word for PROSE in {__name__}"


def test_prose_has_no_word_of_a_command() -> None:
    assert {*PROSE.split()} & {*CLI.list_commands(click.Context(CLI))} == set()


def test_a_wrong_one_is_seen() -> None:
    assert wrong("user key {user}") == wrong("load FILE --user jack") == wrong("relay") == ""
    assert wrong("usr key") == "usr"
    assert wrong("user keys jack") == "keys"
    assert wrong("load FILE --users jack") == "--users"
