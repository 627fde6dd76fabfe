"""``healthrelay igor URL``: the Igor that results are pushed to, kept in the store."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from healthrelay.commands.secret import typed
from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    from healthrelay.commands.pairs import Commands


def add(commands: Commands) -> None:
    """The words of ``igor``."""
    igor = commands.add_parser("igor", help="keep the address of an Igor to push to, and its key")
    igor.add_argument("url", nargs="?")
    igor.add_argument("--user", default="", help="a user and password instead of a token")
    igor.add_argument("--forget", action="store_true", help="push no more")
    igor.set_defaults(command=_igor)


def _igor(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.config import SETTINGS
    from healthrelay.flows.household.application import StoredIgor, forget_igor, save_igor

    built = services()
    if said.forget:
        forget_igor(built.store.identities)
        print("Forgotten. Igor may go on to poll.")
        return 0
    try:
        url = str(SETTINGS["igor_url"].read(said.url or ""))
    except ValueError as error:
        raise BadRequest(f"The address {error}.") from error
    if not url:
        raise BadRequest("Give the address of Igor, such as https://igor.example:9333.")
    secret = typed(f"Password of {said.user}" if said.user else "Token")
    opens = {"user": said.user, "password": secret} if said.user else {"token": secret}
    save_igor(StoredIgor(url, **opens), built.store.identities, built.vault)
    print("Kept, the secret sealed. What is running now takes it when it starts again.")
    return 0
