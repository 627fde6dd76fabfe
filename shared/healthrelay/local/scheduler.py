"""The clock of a healthrelay on one machine: everybody who is due is fetched, as in the cloud."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from healthrelay import log
from healthrelay.core.errors import HealthrelayError
from healthrelay.flows.delivery.deliver import deliver_due, prune
from healthrelay.flows.measurements.fanout import fan_out

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services

TICK = 60.0
"""Seconds."""


@contextmanager
def scheduled(services: Services, seconds: float = TICK) -> Iterator[None]:
    """Look every so many *seconds* who is due, in the background, while the block runs."""
    stopped = threading.Event()
    services.resident = True

    def tick() -> None:
        while not stopped.wait(seconds):
            _look(services)
            _deliver(services)

    thread = threading.Thread(target=tick, name="scheduler", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        services.close()
        thread.join(seconds)


def _look(services: Services) -> None:
    try:
        log.set_function("fetch")
        done = fan_out(services.store, services.queue, services.now(), services.log_event)
    except HealthrelayError as error:
        services.log_event("WARNING", "fan-out", cause=error.sentence)
        return
    for user, trouble in done.troubles.items():
        services.log_event("WARNING", "fan-out", user=user, cause=trouble.sentence)


def _deliver(services: Services) -> None:
    """What the scheduler of the cloud asks the function `deliver` for."""
    try:
        log.set_function("deliver")
        deliver_due(services.delivery)
        prune(services.store.log, now=services.now(), days=services.log_days)
    except HealthrelayError as error:
        services.log_event("WARNING", "delivery", cause=error.sentence)
