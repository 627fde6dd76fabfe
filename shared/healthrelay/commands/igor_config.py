"""``healthrelay igor-config``: what the owner of an Igor pastes to get the measurements."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from healthrelay.igor.action import POLL_INTERVAL_SECONDS

if TYPE_CHECKING:
    from healthrelay.commands.pairs import Commands


def add(commands: Commands) -> None:
    """Add the parser of ``igor-config``."""
    parser = commands.add_parser("igor-config", help="how Igor polls a person, ready to paste")
    parser.add_argument("user")
    parser.add_argument(
        "--new-key", action="store_true", help="create a new poll key; the old one stops working"
    )
    parser.add_argument("--ack", action="store_true", help="let Igor acknowledge what it received")
    parser.add_argument(
        "--interval", type=int, default=POLL_INTERVAL_SECONDS, help="seconds between polls"
    )
    parser.add_argument("--days", type=int, default=0, help="how many days Igor gets")
    parser.add_argument("--igor", metavar="URL", help="Igor's address at home")
    parser.add_argument("--ca", metavar="FILE", help="Igor's own certificate, for curl")
    parser.add_argument("--fragment", action="store_true", help="only the XML for plugins/")
    parser.set_defaults(command=_igor_config)


def _igor_config(args: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.errors import BadRequest, Unknown
    from healthrelay.core.igor_json import user_name
    from healthrelay.flows.delivery.poll import new_poll_key
    from healthrelay.igor.guide import KEY_PLACEHOLDER, PollSetup, guide, plugin_fragment

    user = user_name(args.user)
    if args.interval < 1 or args.days < 0:
        raise BadRequest("--interval takes whole seconds and --days whole days, at least 1.")
    built = services()
    settings, identities = built.settings, built.store.identities
    if identities.settings(user) is None:
        raise Unknown(f"There is no user {user}.")
    stored_url = identities.application().get("igor_url", "")
    setup = PollSetup(
        user=user,
        relay_url=f"{settings.public_url}/relay",
        key=new_poll_key(user, identities) if args.new_key else KEY_PLACEHOLDER,
        prefix=settings.igor_prefix,
        igor_url=(args.igor or settings.igor_url or stored_url or "http://localhost:9333").rstrip(
            "/"
        ),
        ca=args.ca or settings.igor_ca,
        ack=args.ack,
        interval=args.interval,
        days=args.days,
    )
    print(plugin_fragment(setup) if args.fragment else guide(setup), end="")
    return 0
