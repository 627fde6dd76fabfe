"""``healthrelay disconnect``, ``erase`` and ``export``: a person leaves, or takes along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from healthrelay.assembly import services
from healthrelay.commands.arguments import USER, YES, flag
from healthrelay.commands.face import command, confirm
from healthrelay.commands.files import write_privately
from healthrelay.commands.output import Result
from healthrelay.core.errors import Misconfigured, TryLater

if TYPE_CHECKING:
    from healthrelay.flows.grants.disconnect import Disconnected


@command("disconnect", "disconnect jack", "disconnect jack --yes --forget-anyway")
@USER
@YES
@flag("--forget-anyway", "Even if the provider does not answer.")
def run_disconnect(user: str, yes: bool, forget_anyway: bool) -> Result:
    """End a person's grant; measurements stay. Asks for the name."""
    confirm(user, yes=yes)
    try:
        done = services().disconnect(user, forget_anyway)
    except (TryLater, Misconfigured) as error:
        error.next_step = (
            f"{user} is still connected. Try again; or forget the grant although it may live on at"
            f" the provider: healthrelay disconnect {user} --forget-anyway"
        )
        raise
    data = {"user": user, "provider": done.provider, "ended": not done.trouble}
    return Result(data, _sentence(user, done))


def _sentence(user: str, done: Disconnected) -> str:
    from healthrelay.core.grants.consent import CONSENTS

    if done.provider is None:
        return f"{user} is not connected."
    if done.trouble:
        return (
            f"The grant of {user} is forgotten, but may live on at the provider:"
            f" {done.trouble.sentence}\n{user} can end it at {CONSENTS[done.provider].manage}"
        )
    return f"The grant of {user} has ended and is forgotten. The measurements stay."


@command("erase", "erase jack", "erase jack --yes --json")
@USER
@YES
def run_erase(user: str, yes: bool) -> Result:
    """Remove everything of a person, and print a receipt. Asks for the name."""
    from healthrelay.flows.household.erase import erase

    confirm(user, yes=yes)
    built = services()
    receipt = erase(user, built.store, built.disconnect, built.now())
    home = built.settings.igor_prefix
    return Result(receipt.as_json(home), receipt.in_words(home))


@command("export", "export jack --to folder", "export jack --to folder --force")
@USER
@click.option("--to", "folder", type=Path, default=Path(), metavar="DIR", help="The folder.")
@flag("--force", "Replace files of the same names.")
def run_export(user: str, folder: Path, force: bool) -> Result:
    """Write all that is held of a person into files."""
    from healthrelay.flows.household.export import export

    built = services()
    files = export(user, built.store, built.now(), built.system)
    paths = [str(path) for path in write_privately(folder, files, replace=force)]
    return Result({"files": paths}, "\n".join(paths))
