"""A task run in this process, as the function of its name would run it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from healthrelay.core.delivery.tasks import Task
from healthrelay.core.errors import Misconfigured
from healthrelay.flows.delivery.context import Delivery, combine
from healthrelay.flows.delivery.events import acknowledge
from healthrelay.ports.delivery import Log


def run_task(
    task: Task,
    *,
    fetch: Callable[[str, Mapping[str, str]], object],
    deliver: Callable[[str], Mapping[str, Delivery]],
    log: Log,
    now: datetime,
) -> None:
    """Run *task* with what fetches or delivers for a user; raise what stood in the way."""
    params = dict(task.params)
    if task.function == "fetch":
        fetch(task.user, params)
    elif params:
        acknowledge(task.user, params["reader"], int(params["cursor"]), log, now)
    elif trouble := combine(deliver(task.user).values()).trouble:
        raise Misconfigured(trouble.sentence, trouble.settings).with_cause(trouble.cause)
