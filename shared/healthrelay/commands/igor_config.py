"""``healthrelay igor-config``: what the owner of an Igor pastes to get the measurements."""

from argparse import Namespace

from healthrelay.assembly import services
from healthrelay.commands.words import USER, argument, command, flag
from healthrelay.core.errors import BadRequest, Unknown
from healthrelay.core.igor_json import user_name
from healthrelay.igor.action import POLL_INTERVAL_SECONDS


@command(
    "igor-config",
    "how Igor polls a person, ready to paste",
    USER,
    flag("--new-key", "create a new poll key; the old one stops working"),
    flag("--ack", "let Igor acknowledge what it received"),
    argument("--interval", "seconds between polls", type=int, default=POLL_INTERVAL_SECONDS),
    argument("--days", "how many days Igor gets", type=int, default=0),
    argument("--igor", "Igor's address at home", metavar="URL"),
    argument("--ca", "Igor's own certificate, for curl", metavar="FILE"),
    flag("--fragment", "only the XML for plugins/"),
)
def print_igor_config(args: Namespace) -> None:
    from healthrelay.flows.delivery.poll import new_poll_key
    from healthrelay.igor.guide import KEY_PLACEHOLDER, PollSetup, guide, plugin_fragment

    user = user_name(args.user)
    if args.interval < 1 or args.days < 0:
        raise BadRequest("--interval takes whole seconds and --days whole days, at least 1.")
    built = services()
    settings, identities = built.settings, built.store.identities
    if identities.settings(user) is None:
        raise Unknown(f"There is no user {user}.")
    igor_url = args.igor or settings.igor_url or identities.application().get("igor_url")
    setup = PollSetup(
        user=user,
        relay_url=f"{settings.public_url}/relay",
        key=new_poll_key(user, identities) if args.new_key else KEY_PLACEHOLDER,
        prefix=settings.igor_prefix,
        igor_url=(igor_url or "http://localhost:9333").rstrip("/"),
        ca=args.ca or settings.igor_ca,
        ack=args.ack,
        interval=args.interval,
        days=args.days,
    )
    print(plugin_fragment(setup) if args.fragment else guide(setup), end="")
