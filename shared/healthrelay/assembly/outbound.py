"""Where results go, and who carries out what can wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import Misconfigured, Unknown
from healthrelay.flows.home import IgorHome

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services
    from healthrelay.config import Settings
    from healthrelay.core.delivery.messages import Message
    from healthrelay.core.delivery.tasks import Task
    from healthrelay.flows.delivery import targets
    from healthrelay.flows.delivery.context import Courier
    from healthrelay.ports.peers import Hook, Queue, Sink


def sink(settings: Settings, kept: Callable[[], IgorHome | None]) -> Sink | None:
    """The Igor of the environment, or else the one that the store keeps, or none."""
    found = (
        IgorHome(settings.igor_url, settings.igor_user, settings.igor_token, settings.igor_password)
        if settings.igor_url
        else kept()
    )
    if found is None:
        return None
    from healthrelay.adapters.http import Http
    from healthrelay.adapters.igor import Home, IgorSink

    home = Home(found.url, settings.igor_prefix, found.token, found.user, found.password)
    return IgorSink(home, Http(settings.igor_ca or None, connections=1))


def queue(settings: Settings, services: Services) -> Queue:
    """Cloud Tasks, or the threads of this process."""
    if not settings.tasks_queue:
        from healthrelay.adapters.local_queue import LocalQueue

        return LocalQueue(services.carry_out, services.log_event, services.now)
    from healthrelay.adapters.cloud_tasks import CloudTasksQueue

    url = settings.tasks_url or settings.public_url
    return CloudTasksQueue(settings.tasks_queue, url, settings.tasks_account)


class OnDemand:
    """Satisfies `ports.peers.Queue`; opened for its first task: that loads for a second."""

    def __init__(self, opened: Callable[[], Queue]) -> None:
        self._opened = opened

    @property
    def remembers(self) -> timedelta:
        return self._opened().remembers

    def enqueue(self, task: Task) -> bool:
        return self._opened().enqueue(task)


def hooks(built: Services, user: str) -> list[Hook]:
    """The person's own targets, their keys opened."""
    from healthrelay.adapters.webhook import Webhook
    from healthrelay.flows.delivery.targets import opened

    found: list[Hook] = []
    for name in built.store.targets.of(user):
        try:
            place, keys = opened(user, name, built.store, built.vault)
        except Misconfigured as error:
            found.append(Sealed(name, error))
        except Unknown:  # removed meanwhile
            continue
        else:
            pairs = [(one.secret, one.signing) for one in keys]
            found.append(Webhook(name, place.url, place.private, pairs, built.now))
    return found


class Sealed(NamedTuple):
    """A target whose keys do not open: its own trouble, and no other target's or person's."""

    name: str
    trouble: Misconfigured

    def send(self, message: Message) -> None:
        raise self.trouble


def desk(built: Services) -> targets.Desk:
    """Where the owner changes targets."""
    from healthrelay.adapters.webhook import mint
    from healthrelay.flows.delivery import targets

    return targets.Desk(built.store, built.vault, lambda: targets.Keys(*mint()))


def courier(built: Services) -> Courier:
    """Who brings what the log says to all of them."""
    import random

    from healthrelay.flows.delivery.context import Courier

    deployed = bool(built.settings.tasks_queue)
    line = OnDemand(lambda: built.queue)
    return Courier(
        store=built.store,
        sink=built.sink,
        queue=line if deployed else None,
        hooks=lambda user: hooks(built, user),
        now=built.now,
        jitter=random.random,
        public_url=built.public_url,
        days=built.settings.relay_days,
        kept=built.settings.log_days,
        repeat=timedelta(hours=built.settings.repush_hours),
        later=line if deployed or built.resident else None,
        log_event=built.log_event,
    )
