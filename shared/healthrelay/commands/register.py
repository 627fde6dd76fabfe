"""``healthrelay register``: our registration with the provider."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from healthrelay.commands.pairs import read_secret

if TYPE_CHECKING:
    from healthrelay.commands.pairs import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    register = commands.add_parser("register", help="store the provider's client id and secret")
    register.add_argument("client_id")
    register.set_defaults(command=_run_register)


def _run_register(args: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.flows.household.application import save_registration

    built = services()
    secret = read_secret("Client secret")
    save_registration(args.client_id, secret, built.store.identities, built.vault)
    print("Stored. The secret is sealed.")
    return 0
