"""The scheduler on one machine: everybody who is due is fetched, as in the cloud."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from healthrelay import log
from healthrelay.adapters.local_queue import LocalQueue
from healthrelay.assembly.services import Services
from healthrelay.core.defect import isolate, log_cause
from healthrelay.core.errors import HealthrelayError, severity
from healthrelay.core.runs import QUEUE, SCHEDULER
from healthrelay.flows.delivery.sweep import deliver_due, prune
from healthrelay.flows.measurements.fanout import fan_out
from healthrelay.flows.runs import record_runs

TICK_SECONDS = 60.0


@contextmanager
def run_scheduler(services: Services, seconds: float = TICK_SECONDS) -> Iterator[None]:
    """Fetch and deliver what is due every *seconds*, in the background, while the block runs.

    Raise `Misconfigured` while another process does so over the same store.
    """
    services.store.scheduler_lease.take(services.now())
    stopped = threading.Event()
    services.resident = True

    def tick() -> None:
        while not stopped.wait(seconds):
            if _attempt("scheduler", _keep_lease, services):
                _attempt("fan-out", _fetch_due, services)
                _attempt("delivery", _deliver_due, services)
                _attempt("run", _record_threads, services)

    thread = threading.Thread(target=tick, name="scheduler", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        services.close()
        thread.join(seconds)
        services.store.scheduler_lease.release()  # the last: until here, something may run


def _attempt(event: str, work: Callable[[Services], object], services: Services) -> bool:
    """Do *work* and return whether it succeeded; if not, the thread goes on and the log has it."""
    done = isolate(work, services)
    if isinstance(done, HealthrelayError):
        services.log_event(severity(done), event, cause=log_cause(done))
        return False
    return True


def _keep_lease(services: Services) -> None:
    """Keep the right to do what follows; whoever lost it leaves that to who has it now."""
    services.store.scheduler_lease.take(services.now())


def _record_threads(services: Services) -> None:
    """Store when this thread and those of the queue last did something."""
    queue, now = services.queue, services.now()
    silent = queue.oldest_sign() if isinstance(queue, LocalQueue) else now
    record_runs({SCHEDULER: now, QUEUE: silent}, services.store.runs, services.log_event)


def _fetch_due(services: Services) -> None:
    log.set_function("fetch")
    fan_out(services.store, services.queue, services.now(), services.log_event)


def _deliver_due(services: Services) -> None:
    """Do what the cloud's scheduler calls the function `deliver` for."""
    log.set_function("deliver")
    deliver_due(services.delivery)
    store, log_event = services.store, services.log_event
    prune(store.log, now=services.now(), days=services.log_days, log_event=log_event)
