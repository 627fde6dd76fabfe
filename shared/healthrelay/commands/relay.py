"""``healthrelay relay …``: a person's own targets, and sending again what was given up on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from healthrelay.assembly import services
from healthrelay.commands.arguments import (
    NAME,
    NO_CHECK,
    USER,
    USER_WITH_TARGETS,
    flag,
    trial,
    which_target,
)
from healthrelay.commands.exits import worst
from healthrelay.commands.face import CommandGroup, command
from healthrelay.commands.output import Grid, Result, Verbatim

Row = tuple[str, str, str, str]
"""Person, target, state, entries."""

if TYPE_CHECKING:
    from healthrelay.flows.delivery.context import Delivery
    from healthrelay.flows.delivery.targets import Keys


@command("add", "relay add jack https://example.org/hook --name node-red")
@USER
@click.argument("url", help="Where to send them.")
@click.option("--name", metavar="NAME", help="What to call the target; else its host.")
@flag("--allow-private", "It may lie in the house.")
@NO_CHECK
def add_target(
    user: str, url: str, name: str | None, allow_private: bool, no_check: bool
) -> Result:
    """Send a person's changes to a URL, signed.

    It is tried first: what cannot be reached is not kept; whatever answers is.
    """
    from healthrelay.flows.delivery.targets import Endpoint, add_tried

    built, name = services(), name or _host(url)

    def try_receiver(endpoint: Endpoint) -> tuple[Keys, int | None]:
        if no_check:
            return built.receivers.new_keys(), None
        with trial():
            return built.receivers.try_receiver(endpoint)

    endpoint = Endpoint(url, allow_private)
    keys, odd = add_tried(user, name, endpoint, try_receiver, built.store, built.vault)
    done = _new_keys(name, f"{name} gets what changes from now on. Shown once:", keys)
    return done._replace(note=_warning(name, odd) if odd else "")


def _warning(name: str, status: int) -> str:
    """Return what is odd about a receiver that answers *status* to a question that does nothing."""
    return (
        f"It was kept, but {name} answered with status {status}. Is the address right?"
        " healthrelay relay status shows how the first message arrives."
    )


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


@command("rotate", "relay rotate jack node-red", "relay rotate jack node-red --end")
@USER_WITH_TARGETS
@NAME
@flag("--end", "Sign with the newest keys only.")
def rotate_keys(user: str, name: str, end: bool) -> Result:
    """Make new keys beside the old; --end ends the old."""
    from healthrelay.flows.delivery.targets import end_old_keys, rotate

    built = services()
    if end:
        end_old_keys(user, name, store=built.store, vault=built.vault)
        return Result({"target": name}, "The old keys have ended.")
    keys = rotate(
        user, name, store=built.store, vault=built.vault, new_keys=built.receivers.new_keys
    )
    return _new_keys(name, "New keys, beside the old until --end. Shown once:", keys)


def _new_keys(name: str, sentence: str, keys: Keys) -> Result:
    lines = Verbatim(f"  secret      {keys.secret}\n  public key  {keys.public}")
    data = {"target": name, "secret": keys.secret, "public_key": keys.public}
    return Result(data, [sentence, lines])


@command("remove", "relay remove jack node-red")
@USER_WITH_TARGETS
@NAME
def remove_target(user: str, name: str) -> Result:
    """Send nothing there any more."""
    from healthrelay.flows.delivery.targets import remove

    remove(user, name, services().store)
    return Result({"target": name}, f"{name} gets nothing any more.")


@command("replay", "relay replay jack", "relay replay jack --target node-red --from 3 --to 5")
@USER_WITH_TARGETS
@click.option("--target", metavar="NAME", is_flag=False, flag_value="", help="Only this one.")
@click.option("--from", "first", type=int, metavar="N", help="The first entry.")
@click.option("--to", "last", type=int, metavar="M", help="The last entry.")
@flag("--all", "Every entry that is still kept.", "every")
def run_replay(
    user: str, target: str | None, first: int | None, last: int | None, every: bool
) -> Result:
    """Send again: all dead letters, or --from N --to M, or one entry by both."""
    from healthrelay.flows.delivery.replay import ReplayRequest, replay

    if target == "":
        raise click.BadOptionUsage("target", f"--target needs a name; {which_target(user)}")
    request = ReplayRequest(target, first, last, every)
    done = replay(user, request, services().delivery)
    rows = [(name, _delivery_text(delivery)) for name, delivery in done.items()]
    data = {
        name: {"delivered": one.delivered, "waiting": one.waiting} for name, one in done.items()
    }
    code = worst(delivery.trouble for delivery in done.values() if delivery.trouble)
    return Result(data, Grid(("target", "delivery"), rows), code)


def _delivery_text(delivery: Delivery) -> str:
    """Return what a target got now, what it still lacks and why."""
    cause = f": {delivery.trouble.sentence}" if delivery.trouble else ""
    return f"{delivery.delivered} delivered, {delivery.waiting} waiting{cause}"


@command("test", "relay test jack node-red")
@USER_WITH_TARGETS
@NAME
def run_test(user: str, name: str) -> Result:
    """Send a signed message that changes nothing."""
    from healthrelay.flows.delivery.trial import send_test

    send_test(user, name, services().delivery)
    return Result({"target": name}, f"The test has arrived: {name}.")


RELAY = CommandGroup(
    "relay",
    help="Show deliveries, and do them again.",
    places={
        "status": "relay_status.print_status",
        "add": "relay.add_target",
        "rotate": "relay.rotate_keys",
        "remove": "relay.remove_target",
        "replay": "relay.run_replay",
        "test": "relay.run_test",
    },
)
