"""A test that a receiver gets when its owner wants to see whether it takes what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.core.delivery.messages import Address, trial_message
from healthrelay.core.errors import Unknown
from healthrelay.flows.delivery.context import send

if TYPE_CHECKING:
    from healthrelay.flows.delivery.context import DeliveryContext


def send_test(user: str, name: str, context: DeliveryContext) -> None:
    """Send the person's own target *name* a signed message that changes nothing.

    Raise `Unknown` where there is no such target, and as `ports.peers.Target.send`. How the target
    is doing stays as it is: the next change tells.
    """
    for target in context.own(user):
        if target.name == name:
            address = Address(name, user, context.readers_url)
            send(target, trial_message(context.now(), address), context.log_event)
            return
    raise Unknown(f"{user} has no target {name}.")
