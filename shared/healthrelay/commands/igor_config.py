"""``healthrelay igor-config``: what the owner of an Igor pastes to get the measurements."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from healthrelay.assembly import services
from healthrelay.commands.words import USER, address, argument, command, flag
from healthrelay.core.errors import BadRequest, Unknown
from healthrelay.core.igor_json import user_name
from healthrelay.igor.action import POLL_INTERVAL_SECONDS

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services
    from healthrelay.igor.guide import PollSetup


@command(
    "igor-config",
    "how Igor polls a person, ready to paste",
    USER,
    flag("--new-key", "create a new poll key; the old one stops working"),
    flag("--ack", "let Igor acknowledge what it received"),
    argument("--interval", "seconds between polls", type=int, default=POLL_INTERVAL_SECONDS),
    argument("--days", "how many days Igor gets", type=int, default=0),
    argument("--igor", "Igor's address at home", metavar="URL", type=address),
    argument("--ca", "Igor's own certificate, for curl", metavar="FILE"),
    flag("--fragment", "only the XML for plugins/"),
)
def print_igor_config(args: Namespace) -> None:
    from healthrelay.flows.delivery.poll import new_poll_key
    from healthrelay.igor.guide import KEY_PLACEHOLDER, guide, plugin_fragment

    user = user_name(args.user)
    if args.interval < 1 or args.days < 0:
        raise BadRequest("--interval takes whole seconds and --days whole days, at least 1.")
    built = services()
    identities = built.store.identities
    if identities.settings(user) is None:
        raise Unknown(f"There is no user {user}.")
    key = new_poll_key(user, identities) if args.new_key else KEY_PLACEHOLDER
    setup = poll_setup(user, key, built, args.igor)
    setup = setup._replace(
        ca=args.ca or setup.ca, ack=args.ack, interval=args.interval, days=args.days
    )
    print(plugin_fragment(setup) if args.fragment else guide(setup), end="")


def poll_setup(user: str, key: str, built: Services, igor_url: str | None = None) -> PollSetup:
    """Return how Igor polls *user* with *key*, as the settings have it."""
    from healthrelay.igor.guide import PollSetup

    settings = built.settings
    url = igor_url or settings.igor_url or built.store.identities.application().get("igor_url")
    return PollSetup(
        user=user,
        relay_url=f"{settings.public_url}/relay",
        key=key,
        prefix=settings.igor_prefix,
        igor_url=(url or "http://localhost:9333").rstrip("/"),
        ca=settings.igor_ca,
    )
