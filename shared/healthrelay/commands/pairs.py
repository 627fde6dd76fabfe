"""Settings and secrets as the command line takes them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # it has no public name


def take_pairs(parser: argparse.ArgumentParser) -> None:
    """Let *parser* take ``--set NAME=VALUE`` any number of times."""
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="pairs")


def parse_pairs(texts: Sequence[str]) -> dict[str, str]:
    """Return the pairs by name, the last of equal names. Raise `BadRequest`."""
    pairs = [text.partition("=") for text in texts]
    if not all(equals for _, equals, _ in pairs):
        raise BadRequest("Write --set NAME=VALUE.")
    return {name.strip(): value.strip() for name, _, value in pairs}


def read_secret(prompt: str) -> str:
    """Return what the owner types without seeing it, or the next line of standard input.

    Never an argument: every process sees those, and shells keep them.
    """
    from getpass import getpass

    text = getpass(f"{prompt}: ") if sys.stdin.isatty() else sys.stdin.readline()
    return text.strip()
