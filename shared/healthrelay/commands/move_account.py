"""``healthrelay move-account``: the only way to another provider account of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from healthrelay.assembly import services
from healthrelay.commands.arguments import USER, YES, flag
from healthrelay.commands.face import Invocation, command, confirm
from healthrelay.commands.output import Result, Verbatim
from healthrelay.core.errors import BadRequest, Misconfigured, TryLater

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services
    from healthrelay.core.household.move import Move


@command("move-account", "move-account jack --keep-as jack-old", "move-account jack --remove --yes")
@USER
@click.option(
    "--keep-as", metavar="NAME", default="", help="What was measured becomes this person."
)
@flag("--remove", "What was measured is removed.")
@flag("--continue", "What was measured stays: the same wearer.", "stay")
@YES
@click.pass_obj
def run_move(
    invocation: Invocation, /, user: str, keep_as: str, remove: bool, stay: bool, yes: bool
) -> Result:
    """Let a person connect another account of the provider. Says what will be, and asks."""
    from healthrelay.core.household.move import Move
    from healthrelay.flows.transfer.move import count_records, move_account

    if [bool(keep_as), remove, stay].count(True) != 1:
        raise BadRequest("Give one of --keep-as NAME, --remove and --continue.")
    built = services()
    move = Move(user, keep_as, remove)
    invocation.announce(move.in_words(count_records(move, built.store), built.settings.igor_prefix))
    confirm(user, yes=yes)
    try:
        move_account(move, built.store, built.disconnect, built.now())
    except (TryLater, Misconfigured) as error:
        error.next_step = (
            f"{user} is not moved yet. Try again; or, if the provider does not answer, run"
            f" healthrelay disconnect {user} --forget-anyway before that."
        )
        raise
    return _result(move, built)


def _result(move: Move, built: Services) -> Result:
    """Deliver what has changed, and return what is to be done now."""
    identities = built.store.identities
    for user in filter(None, (move.user, move.keep_as)):
        if identities.settings(user) is not None:
            built.enqueue_or_deliver(user)
    parts = [f"\nDone. Next: healthrelay invite {move.user}"]
    if move.keep_as and identities.settings(move.keep_as) is not None:
        parts += ["", Verbatim(_paste(move.keep_as, built))]
    return Result({"user": move.user, "keep_as": move.keep_as or None}, parts)


def _paste(user: str, built: Services) -> str:
    """Return what keeps *user* in Igor; a key that was made before is not shown again."""
    from healthrelay.commands.igor_config import poll_setup
    from healthrelay.flows.delivery.poll import new_poll_key
    from healthrelay.igor.guide import KEY_PLACEHOLDER, guide

    identities = built.store.identities
    new = identities.poll_key(user) is None
    key = new_poll_key(user, identities) if new else KEY_PLACEHOLDER
    return guide(poll_setup(user, key, built)).rstrip("\n")
