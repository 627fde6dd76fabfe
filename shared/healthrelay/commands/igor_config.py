"""``healthrelay igor-config``: what the owner of an Igor pastes to be given the measurements."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from healthrelay.igor.action import INTERVAL

if TYPE_CHECKING:
    from healthrelay.commands.pairs import Commands


def add(commands: Commands) -> None:
    """The words of ``igor-config``."""
    parser = commands.add_parser("igor-config", help="how Igor polls a person, ready to paste")
    parser.add_argument("user")
    parser.add_argument("--new-key", action="store_true", help="make a new poll key; the old stops")
    parser.add_argument("--ack", action="store_true", help="let Igor say what it has received")
    parser.add_argument("--interval", type=int, default=INTERVAL, help="seconds between polls")
    parser.add_argument("--days", type=int, default=0, help="how much of a person Igor gets")
    parser.add_argument("--igor", metavar="URL", help="Igor's address at home")
    parser.add_argument("--ca", metavar="FILE", help="Igor's own certificate, for curl")
    parser.add_argument("--fragment", action="store_true", help="only the XML for plugins/")
    parser.set_defaults(command=_igor_config)


def _igor_config(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.errors import BadRequest, Unknown
    from healthrelay.core.household.names import user_name
    from healthrelay.flows.delivery.poll import new_poll_key
    from healthrelay.igor.guide import KEY, House, fragment, guide

    user = user_name(said.user)
    if said.interval < 1 or said.days < 0:
        raise BadRequest("--interval takes whole seconds and --days whole days, at least 1.")
    built = services()
    settings, identities = built.settings, built.store.identities
    if identities.settings(user) is None:
        raise Unknown(f"There is no user {user}.")
    kept = identities.application().get("igor_url", "")
    house = House(
        user=user,
        relay_url=f"{settings.public_url}/relay",
        key=new_poll_key(user, identities) if said.new_key else KEY,
        prefix=settings.igor_prefix,
        igor_url=(said.igor or settings.igor_url or kept or "http://localhost:9333").rstrip("/"),
        ca=said.ca or settings.igor_ca,
        ack=said.ack,
        interval=said.interval,
        days=said.days,
    )
    print(fragment(house) if said.fragment else guide(house), end="")
    return 0
