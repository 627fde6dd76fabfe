"""``healthrelay igor URL``: store the Igor that results are pushed to."""

import click

from healthrelay.assembly import services
from healthrelay.commands.arguments import NO_CHECK, flag, read_secret, trial
from healthrelay.commands.face import command
from healthrelay.commands.output import Result


@command("igor", "igor https://igor.example:9333", "igor --forget", begins=True)
@click.argument("url", required=False, help="The address of Igor.")
@click.option("--user", metavar="NAME", default="", help="A user and password instead of a token.")
@flag("--forget", "Stop pushing.")
@NO_CHECK
def set_igor(url: str | None, user: str, forget: bool, no_check: bool) -> Result:
    """Try an Igor to push to, and its key, then keep them.

    The token, or the password, is asked for, or read from standard input, and kept sealed. What
    does not answer, or refuses the key, is not kept.
    """
    from healthrelay.flows.household.application import StoredIgor
    from healthrelay.flows.igor import keep_igor, require_ours, stop_igor

    built = services()
    require_ours(built.settings.igor_url)
    if forget:
        stop_igor(built.store)
        return Result({"igor": None}, "Removed. Igor may still poll.")
    address = built.igors.read_address(url or "")
    secret = read_secret(f"Password of {user}" if user else "Token")
    opens = {"user": user, "password": secret} if user else {"token": secret}

    def try_igor(igor: StoredIgor) -> None:
        with trial():
            built.igors.try_igor(igor)

    igor = StoredIgor(address, **opens)
    keep_igor(igor, None if no_check else try_igor, built.store, built.vault)
    tried = "Kept untried" if no_check else "Igor takes this key. Kept"
    sentence = f"{tried}, with the secret sealed. Restart what is running to use it."
    return Result({"igor": address, "tried": not no_check}, sentence)
