"""``healthrelay disconnect``, ``erase`` and ``export``: a person leaves, or takes along."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthrelay.assembly.services import Services
    from healthrelay.commands.pairs import Commands
    from healthrelay.core.grants.token import Grant


def add(commands: Commands) -> None:
    """Add the three commands."""
    disconnect = commands.add_parser("disconnect", help="end a person's grant; measurements stay")
    disconnect.add_argument("user")
    disconnect.add_argument(
        "--forget-anyway", action="store_true", help="even if the provider does not answer"
    )
    disconnect.set_defaults(command=_disconnect)
    erase = commands.add_parser("erase", help="remove everything of a person, with a receipt")
    erase.add_argument("user")
    erase.add_argument("--json", action="store_true", help="one JSON object on standard output")
    erase.set_defaults(command=_erase)
    export = commands.add_parser("export", help="write all that is held of a person into files")
    export.add_argument("user")
    export.add_argument("--to", type=Path, default=Path(), metavar="DIR", help="the folder")
    export.add_argument("--force", action="store_true", help="replace files of the same names")
    export.set_defaults(command=_export)


def _disconnect(args: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.errors import Misconfigured, TryLater
    from healthrelay.core.grants.consent import CONSENTS
    from healthrelay.core.household.names import user_name
    from healthrelay.flows.grants.disconnect import disconnect

    built, user = services(), user_name(args.user)
    try:
        done = disconnect(
            user,
            store=built.store,
            vault=built.vault,
            provider=built.settings.provider,
            revoke=_revoke(built),
            now=built.now(),
            anyway=args.forget_anyway,
        )
    except (TryLater, Misconfigured) as error:
        sys.stderr.write(
            f"{error.sentence}\n{user} is still connected. Try again; or forget the grant although"
            f" it may live on at the provider: healthrelay disconnect {user} --forget-anyway\n"
        )
        return 1
    if done.provider is None:
        print(f"{user} is not connected.")
    elif done.trouble:
        print(
            f"The grant of {user} is forgotten, but may live on at the provider:"
            f" {done.trouble.sentence}\n{user} can end it at {CONSENTS[done.provider].manage}"
        )
    else:
        print(f"The grant of {user} has ended and is forgotten. The measurements stay.")
    return 0


def _erase(args: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.household.names import user_name
    from healthrelay.flows.household.erase import erase

    built = services()
    receipt = erase(
        user_name(args.user),
        store=built.store,
        vault=built.vault,
        provider=built.settings.provider,
        revoke=_revoke(built),
        now=built.now(),
    )
    home = built.settings.igor_prefix
    print(json.dumps(receipt.told(home), indent=2) if args.json else receipt.in_words(home))
    return 0


def _export(args: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.household.names import user_name
    from healthrelay.flows.household.export import export
    from healthrelay.local.files import write_privately

    built = services()
    files = export(user_name(args.user), built.store, built.now())
    for path in write_privately(args.to, files, replace=args.force):
        print(path)
    return 0


def _revoke(built: Services) -> Callable[[Grant], None]:
    # Who is not registered (any more) can still erase: the endpoint is built when it is needed.
    return lambda grant: built.token_endpoint.revoke(grant)
