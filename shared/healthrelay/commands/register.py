"""``healthrelay register``: our registration with the provider."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.commands.pairs import Commands


def add(commands: Commands) -> None:
    """The words of ``register``."""
    register = commands.add_parser("register", help="keep the provider's client id and secret")
    register.add_argument("client_id")
    register.set_defaults(command=_register)


def _register(said: argparse.Namespace) -> int:
    from getpass import getpass

    from healthrelay.assembly import services
    from healthrelay.flows.registration import register

    # Never an argument: those are seen by every process and kept by the shell.
    asked = sys.stdin.isatty()
    secret = getpass("Client secret: ") if asked else sys.stdin.readline()
    built = services()
    register(said.client_id, secret.strip(), built.store.identities, built.vault)
    print("Kept. The secret is sealed.")
    return 0
