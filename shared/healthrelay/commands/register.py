"""``healthrelay register``: our registration with the provider."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from healthrelay.commands.secret import typed

if TYPE_CHECKING:
    from healthrelay.commands.pairs import Commands


def add(commands: Commands) -> None:
    """The words of ``register``."""
    register = commands.add_parser("register", help="keep the provider's client id and secret")
    register.add_argument("client_id")
    register.set_defaults(command=_register)


def _register(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.flows.registration import register

    built = services()
    register(said.client_id, typed("Client secret"), built.store.identities, built.vault)
    print("Kept. The secret is sealed.")
    return 0
