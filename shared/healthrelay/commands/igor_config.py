"""``healthrelay igor-config``: what the owner of an Igor pastes to get the measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from healthrelay.assembly import services
from healthrelay.commands.arguments import ADDRESS, USER, flag
from healthrelay.commands.face import command
from healthrelay.commands.output import Result, Verbatim
from healthrelay.core.errors import BadRequest, Unknown
from healthrelay.igor.action import POLL_INTERVAL_SECONDS

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services
    from healthrelay.igor.guide import PollSetup


@command("igor-config", "igor-config jack --new-key", "igor-config jack --fragment")
@USER
@flag("--new-key", "Create a new poll key; the old one stops working.")
@flag("--ack", "Let Igor acknowledge what it received.")
@click.option(
    "--interval",
    type=int,
    default=POLL_INTERVAL_SECONDS,
    show_default=True,
    help="Seconds between polls.",
)
@click.option("--days", type=int, default=0, help="How many days Igor gets; all unless given.")
@click.option("--igor", type=ADDRESS, help="Igor's address at home.")
@click.option("--ca", metavar="FILE", help="Igor's own certificate, for curl.")
@flag("--fragment", "Only the XML for plugins/.")
def print_igor_config(user: str, new_key: bool, fragment: bool, **options: Any) -> Result:
    """Print how Igor polls a person, ready to paste."""
    from healthrelay.flows.delivery.poll import new_poll_key
    from healthrelay.igor.guide import KEY_PLACEHOLDER, guide, plugin_fragment

    if options["interval"] < 1 or options["days"] < 0:
        raise BadRequest("--interval takes whole seconds and --days whole days, at least 1.")
    built = services()
    identities = built.store.identities
    if identities.settings(user) is None:
        raise Unknown(f"There is no user {user}.")
    key = new_poll_key(user, identities) if new_key else KEY_PLACEHOLDER
    setup = poll_setup(user, key, built, options.pop("igor"))
    setup = setup._replace(**options | {"ca": options["ca"] or setup.ca})
    text = plugin_fragment(setup) if fragment else guide(setup)
    return Result({"user": user, "text": text}, Verbatim(text.rstrip("\n")))


def poll_setup(user: str, key: str, built: Services, igor_url: str | None = None) -> PollSetup:
    """Return how Igor polls *user* with *key*, as the settings have it."""
    from healthrelay.igor.guide import PollSetup

    settings = built.settings
    url = igor_url or settings.igor_url or built.store.identities.application().get("igor_url")
    return PollSetup(
        user=user,
        relay_url=f"{settings.readers_url}/relay",
        key=key,
        prefix=settings.igor_prefix,
        igor_url=(url or "http://localhost:9333").rstrip("/"),
        ca=settings.igor_ca,
    )
