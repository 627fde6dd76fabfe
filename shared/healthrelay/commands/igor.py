"""``healthrelay igor URL``: store the Igor that results are pushed to."""

from argparse import Namespace

from healthrelay.assembly import services
from healthrelay.commands.words import argument, command, flag, read_secret
from healthrelay.core.errors import BadRequest


@command(
    "igor",
    "store the address of an Igor to push to, and its key",
    argument("url", nargs="?"),
    argument("--user", "a user and password instead of a token", default=""),
    flag("--forget", "stop pushing"),
    begins=True,
)
def set_igor(args: Namespace) -> None:
    from healthrelay.config import SETTINGS
    from healthrelay.flows.household.application import StoredIgor, forget_igor, save_igor

    built = services()
    if args.forget:
        forget_igor(built.store.identities)
        print("Removed. Igor may still poll.")
        return
    try:
        url = str(SETTINGS["igor_url"].read(args.url or ""))
    except ValueError as error:
        raise BadRequest(f"The address {error}.") from error
    if not url:
        raise BadRequest("Give the address of Igor, such as https://igor.example:9333.")
    secret = read_secret(f"Password of {args.user}" if args.user else "Token")
    opens = {"user": args.user, "password": secret} if args.user else {"token": secret}
    save_igor(StoredIgor(url, **opens), built.store.identities, built.vault)
    print("Stored, with the secret sealed. Restart what is running to use it.")
