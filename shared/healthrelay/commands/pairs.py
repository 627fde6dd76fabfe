"""Settings and arguments as the command line takes them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # it has no public name


def take_pairs(parser: argparse.ArgumentParser) -> None:
    """Let *parser* take ``--set NAME=VALUE`` any number of times."""
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="pairs")


def named(texts: Sequence[str]) -> dict[str, str]:
    """The pairs as they were given, the last of equal names."""
    pairs = [text.partition("=") for text in texts]
    if not all(equals for _, equals, _ in pairs):
        raise BadRequest("Write --set NAME=VALUE.")
    return {name.strip(): value.strip() for name, _, value in pairs}
