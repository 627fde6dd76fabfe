"""``healthrelay disconnect``, ``erase`` and ``export``: a person leaves, or takes along."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services
    from healthrelay.commands.pairs import Commands
    from healthrelay.flows.grants.disconnect import Desk


def add(commands: Commands) -> None:
    """The words of the three."""
    part = commands.add_parser("disconnect", help="end a person's grant; measurements stay")
    part.add_argument("user")
    part.add_argument(
        "--forget-anyway", action="store_true", help="even if the provider cannot be told"
    )
    part.set_defaults(command=_disconnect)
    erase = commands.add_parser("erase", help="remove everything of a person, with a receipt")
    erase.add_argument("user")
    erase.add_argument("--json", action="store_true", help="one JSON object on standard output")
    erase.set_defaults(command=_erase)
    export = commands.add_parser("export", help="write all that is held of a person into files")
    export.add_argument("user")
    export.add_argument("--to", type=Path, default=Path(), metavar="DIR", help="the folder")
    export.add_argument("--force", action="store_true", help="replace files of the same names")
    export.set_defaults(command=_export)


def _disconnect(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.errors import Misconfigured, TryLater
    from healthrelay.core.grants.consent import CONSENTS
    from healthrelay.core.household.names import user_name
    from healthrelay.flows.grants.disconnect import disconnect

    built, user = services(), user_name(said.user)
    try:
        parted = disconnect(user, _desk(built), built.now(), anyway=said.forget_anyway)
    except (TryLater, Misconfigured) as error:
        sys.stderr.write(
            f"{error.sentence}\n{user} is still connected. Try again; or forget the grant without"
            f" telling the provider: healthrelay disconnect {user} --forget-anyway\n"
        )
        return 1
    if parted.provider is None:
        print(f"{user} is not connected.")
        return 0
    if parted.trouble:
        page = CONSENTS[parted.provider].manage
        print(
            f"The grant of {user} is forgotten, but may live on at the provider:"
            f" {parted.trouble.sentence}\n{user} can end it at {page}"
        )
    else:
        print(f"The grant of {user} has ended and is forgotten. The measurements stay.")
    return 0


def _erase(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.household.names import user_name
    from healthrelay.flows.household.erase import erase

    built = services()
    receipt, home = (
        erase(user_name(said.user), _desk(built), built.now()),
        built.settings.igor_prefix,
    )
    print(json.dumps(receipt.told(home), indent=2) if said.json else receipt.in_words(home))
    return 0


def _export(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.household.names import user_name
    from healthrelay.flows.household.export import export
    from healthrelay.local.files import write_privately

    built = services()
    files = export(user_name(said.user), built.store, built.now())
    for path in write_privately(said.to, files, replace=said.force):
        print(path)
    return 0


def _desk(built: Services) -> Desk:
    from healthrelay.flows.grants.disconnect import Desk

    # Who is not registered (any more) can still erase: the provider is asked for when needed.
    return Desk(
        built.store,
        built.vault,
        built.settings.provider,
        lambda grant: built.token_endpoint.revoke(grant),
    )
