"""``healthrelay fetch``: one person's measurements now."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from healthrelay.commands.pairs import named, take_pairs

if TYPE_CHECKING:
    from healthrelay.commands.pairs import Commands


def add(commands: Commands) -> None:
    """The words of ``fetch``."""
    fetch = commands.add_parser("fetch", help="fetch a person's measurements now")
    fetch.add_argument("user")
    take_pairs(fetch)
    fetch.add_argument("--plan", action="store_true", help="only show what would be asked for")
    fetch.set_defaults(command=_fetch)


def _fetch(said: argparse.Namespace) -> int:
    from healthrelay.core.household.names import user_name
    from healthrelay.local.fetch import fetch_now, show_plan

    command = show_plan if said.plan else fetch_now
    print(command(user_name(said.user), named(said.pairs)))
    return 0
