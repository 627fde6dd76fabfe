"""A task carried out in this process, as the function of its name would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.core.measurements.query import FetchRequest
from healthrelay.flows.delivery.context import summed
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.events import acknowledge

if TYPE_CHECKING:
    from healthrelay.core.delivery.tasks import Task
    from healthrelay.flows.delivery.context import Courier


def carry_out(
    task: Task, fetch: Callable[[FetchRequest], object], courier: Courier, now: datetime
) -> None:
    """Raises what stood in the way; a fetch whose delivery failed is a fetch."""
    said = dict(task.said)
    if task.function == "fetch":
        fetch(FetchRequest(task.user, {}))
        return
    if said:
        acknowledge(task.user, said["reader"], int(said["cursor"]), courier.store, now)
        return
    trouble = summed(deliver(task.user, courier).values()).trouble
    if trouble:
        raise trouble
