"""The words of the command line as tables, and settings and secrets as it takes them."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from healthrelay.config.readers import read_url
from healthrelay.core.errors import BadRequest
from healthrelay.core.numbers import whole_number

Run = Callable[[Namespace], int | None]
"""Does the work of a command; returns the exit code: none or 0 done, 1 trouble."""


class Argument(NamedTuple):
    """One word or option; *options* are those of argparse's ``add_argument``."""

    name: str
    options: Mapping[str, Any]


class Command(NamedTuple):
    """One command, or a group of them: then the second word says which of *parts* it is."""

    name: str
    help: str
    run: Run | None = None
    arguments: Sequence[Argument] = ()
    parts: Sequence[Command] = ()
    description: str | None = None
    begins: bool = False
    """Whether it makes a store where there is none; the others leave nothing behind then."""


def command(
    name: str, text: str, *arguments: Argument, description: str | None = None, begins: bool = False
) -> Callable[[Run], Command]:
    """Decorate the work of the command *name* with its words; *text* explains it."""
    return lambda run: Command(name, text, run, arguments, description=description, begins=begins)


def argument(name: str, text: str | None = None, **options: Any) -> Argument:
    """Return the row of an argument; *text* explains it."""
    return Argument(name, {"help": text, **options})


def flag(name: str, text: str, **options: Any) -> Argument:
    """Return the row of an option without a value."""
    return argument(name, text, action="store_true", **options)


MAX_PORT = 65_535
USER = argument("user")
NAME = argument("name")
JSON = flag("--json", "one JSON object on standard output")
PAIRS = argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="pairs")


def port(text: str) -> int:
    """Read a port, for argparse."""
    number = whole_number(text) or 0
    if not 1 <= number <= MAX_PORT:
        raise ArgumentTypeError(f"a port is a number from 1 to {MAX_PORT}")
    return number


def address(text: str) -> str:
    """Read a URL, for argparse."""
    try:
        return read_url(text)
    except ValueError as error:
        raise ArgumentTypeError(f"it {error}") from error


def parse_pairs(texts: Sequence[str]) -> dict[str, str]:
    """Return the pairs of `PAIRS` by name, the last of equal names. Raise `BadRequest`."""
    pairs = [text.partition("=") for text in texts]
    if not all(equals for _, equals, _ in pairs):
        raise BadRequest("Write --set NAME=VALUE.")
    return {name.strip(): value.strip() for name, _, value in pairs}


def read_secret(prompt: str) -> str:
    """Return what the owner types without seeing it, or the next line of standard input.

    Never an argument: every process sees those, and shells keep them.
    """
    from getpass import getpass

    try:
        text = getpass(f"{prompt}: ") if sys.stdin.isatty() else sys.stdin.readline()
        text.encode()  # Python may let bytes that are no text through as halves of surrogate pairs
    except UnicodeError as error:
        raise BadRequest("What came on standard input is not UTF-8 text.") from error
    return text.lstrip("\ufeff").strip()
