"""``healthrelay move-account``: the only way to another provider account of a person."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from healthrelay import log
from healthrelay.assembly import services
from healthrelay.commands.words import USER, argument, command, flag
from healthrelay.core.errors import BadRequest, Misconfigured, TryLater
from healthrelay.core.igor_json import user_name

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services
    from healthrelay.core.household.move import Move


@command(
    "move-account",
    "let a person connect another account of the provider",
    USER,
    argument("--keep-as", "what was measured becomes this person", metavar="NAME"),
    flag("--remove", "what was measured is removed"),
    flag("--continue", "what was measured stays: the same wearer", dest="stay"),
    flag("--yes", "do not ask"),
)
def run_move(args: Namespace) -> int:
    from healthrelay.core.household.move import Move
    from healthrelay.flows.transfer.move import count_records, move_account

    if [bool(args.keep_as), args.remove, args.stay].count(True) != 1:
        raise BadRequest("Give one of --keep-as NAME, --remove and --continue.")
    built = services()
    move = Move(user_name(args.user), args.keep_as or "", args.remove)
    print(move.in_words(count_records(move, built.store), built.settings.igor_prefix), flush=True)
    if not args.yes and sys.stdin.isatty() and input(f"Type {move.user} to go on: ") != move.user:
        log.write_text("Nothing was changed.\n")
        return 1
    try:
        move_account(move, built.store, built.disconnect, built.now())
    except (TryLater, Misconfigured) as error:
        log.write_text(
            f"{error.sentence}\n{move.user} is not moved yet. Try again; or, if the provider does"
            f" not answer, run healthrelay disconnect {move.user} --forget-anyway before that.\n"
        )
        return 1
    _print_done(move, built)
    return 0


def _print_done(move: Move, built: Services) -> None:
    for user in filter(None, (move.user, move.keep_as)):
        if built.store.identities.settings(user) is not None:
            built.enqueue_or_deliver(user)
    print(f"\nDone. Next: healthrelay invite {move.user}")
    if move.keep_as and built.store.identities.settings(move.keep_as) is not None:
        _print_paste(move.keep_as, built)


def _print_paste(user: str, built: Services) -> None:
    """Print what keeps *user* in Igor; a key that was made before is not shown again."""
    from healthrelay.commands.igor_config import poll_setup
    from healthrelay.flows.delivery.poll import new_poll_key
    from healthrelay.igor.guide import KEY_PLACEHOLDER, guide

    identities = built.store.identities
    new = identities.poll_key(user) is None
    key = new_poll_key(user, identities) if new else KEY_PLACEHOLDER
    print(f"\n{guide(poll_setup(user, key, built))}", end="")
