"""The scheduler on one machine: everybody who is due is fetched, as in the cloud."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from healthrelay import log
from healthrelay.assembly.services import Services
from healthrelay.core.errors import HealthrelayError
from healthrelay.flows.delivery.deliver import deliver_due, prune
from healthrelay.flows.measurements.fanout import fan_out

TICK_SECONDS = 60.0


@contextmanager
def run_scheduler(services: Services, seconds: float = TICK_SECONDS) -> Iterator[None]:
    """Fetch and deliver what is due every *seconds*, in the background, while the block runs."""
    stopped = threading.Event()
    services.resident = True

    def tick() -> None:
        while not stopped.wait(seconds):
            _fetch_due(services)
            _deliver_due(services)

    thread = threading.Thread(target=tick, name="scheduler", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        services.close()
        thread.join(seconds)


def _fetch_due(services: Services) -> None:
    try:
        log.set_function("fetch")
        fan_out(services.store, services.queue, services.now(), services.log_event)
    except HealthrelayError as error:
        services.log_event("WARNING", "fan-out", cause=error.sentence)


def _deliver_due(services: Services) -> None:
    """Do what the cloud's scheduler calls the function `deliver` for."""
    try:
        log.set_function("deliver")
        deliver_due(services.delivery)
        prune(services.store.log, now=services.now(), days=services.log_days)
    except HealthrelayError as error:
        services.log_event("WARNING", "delivery", cause=error.sentence)
