"""A task carried out in this process, as the function of its name would."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.flows.delivery.context import summed
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.events import acknowledge
from healthrelay.flows.measurements.fetch import Desk, fetch

if TYPE_CHECKING:
    from healthrelay.core.delivery.tasks import Task


def carry_out(task: Task, desk: Desk, now: datetime) -> None:
    """Raises what stood in the way; a fetch whose delivery failed is a fetch."""
    said = dict(task.said)
    if task.function == "fetch":
        fetch(task.user, {}, desk, now)
        return
    if said:
        acknowledge(task.user, said["reader"], int(said["cursor"]), desk.store, now)
        return
    trouble = summed(deliver(task.user, desk.courier).values()).trouble
    if trouble:
        raise trouble
