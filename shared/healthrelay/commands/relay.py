"""``healthrelay relay …``: how deliveries stand, and bringing again what was given up on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.commands.pairs import Commands
    from healthrelay.flows.delivery.targets import Keys


def add(commands: Commands) -> None:
    """The words of ``relay``."""
    relay = commands.add_parser("relay", help="how deliveries stand, and doing them again")
    group = relay.add_subparsers(required=True)
    status = group.add_parser("status", help="every target: what it has, what waits, what to do")
    status.add_argument("user", nargs="?")
    status.set_defaults(command=_status)
    _add_targets(group)
    replay = group.add_parser(
        "replay", help="bring again: all dead letters, or --from N --to M, or one entry by both"
    )
    replay.add_argument("user")
    replay.add_argument("--target", help="only this one")
    replay.add_argument("--from", type=int, dest="first", metavar="N", help="the first entry")
    replay.add_argument("--to", type=int, dest="last", metavar="M", help="the last entry")
    replay.add_argument("--all", action="store_true", help="every entry that is still kept")
    replay.set_defaults(command=_replay)


def _add_targets(group: Commands) -> None:
    one = group.add_parser("add", help="send a person's changes to a URL, signed")
    one.add_argument("user")
    one.add_argument("url")
    one.add_argument("--name", help="what to call the target; else its host")
    one.add_argument("--allow-private", action="store_true", help="it may lie in the house")
    one.set_defaults(command=_add)
    one = group.add_parser("rotate", help="new keys beside the old; --end ends the old")
    one.add_argument("user")
    one.add_argument("name")
    one.add_argument("--end", action="store_true", help="sign with the newest keys only")
    one.set_defaults(command=_rotate)
    one = group.add_parser("remove", help="send nothing there any more")
    one.add_argument("user")
    one.add_argument("name")
    one.set_defaults(command=_remove)


def _add(said: argparse.Namespace) -> int:
    from urllib.parse import urlsplit

    from healthrelay.assembly import services
    from healthrelay.assembly.outbound import desk
    from healthrelay.core.household.names import user_name
    from healthrelay.flows.delivery.targets import Place, add

    name = said.name or urlsplit(said.url).hostname or ""
    keys = add(user_name(said.user), name, Place(said.url, said.allow_private), desk(services()))
    print(f"{name} gets what changes from now on. Shown once:\n{_shown(keys)}")
    return 0


def _rotate(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.assembly.outbound import desk
    from healthrelay.core.household.names import user_name
    from healthrelay.flows.delivery.targets import end_old_keys, rotate

    user, office = user_name(said.user), desk(services())
    if said.end:
        end_old_keys(user, said.name, office)
        print("The old keys have ended.")
    else:
        keys = rotate(user, said.name, office)
        print(f"New keys, beside the old until --end. Shown once:\n{_shown(keys)}")
    return 0


def _remove(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.household.names import user_name
    from healthrelay.flows.delivery.targets import remove

    remove(user_name(said.user), said.name, services().store)
    print(f"{said.name} gets nothing any more.")
    return 0


def _shown(keys: Keys) -> str:
    return f"  secret      {keys.secret}\n  public key  {keys.public}"


def _status(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.local.relay import status

    print(status(services(), said.user))
    return 0


def _replay(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.household.names import user_name
    from healthrelay.flows.delivery.replay import Wanted, replay
    from healthrelay.local.relay import outcome

    built = services()
    wanted = Wanted(said.target, said.first, said.last, said.all)
    done = replay(user_name(said.user), wanted, built.courier)
    print(outcome(done))
    return 1 if any(delivery.trouble for delivery in done.values()) else 0
