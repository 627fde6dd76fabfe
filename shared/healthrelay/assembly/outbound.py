"""Where results go, and who carries out what can wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from healthrelay.core.errors import NotConfigured
from healthrelay.flows.home import IgorHome

if TYPE_CHECKING:
    from healthrelay.assembly import Services
    from healthrelay.config import Settings
    from healthrelay.ports import Queue, Sink


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

        return LocalQueue(services.carry_out, services.note, services.now)
    if not settings.tasks_account:
        raise NotConfigured(
            "Cloud Tasks needs an account to call in the name of.", ("HEALTHRELAY_TASKS_ACCOUNT",)
        )
    from healthrelay.adapters.cloud_tasks import CloudTasksQueue

    url = settings.tasks_url or settings.public_url
    return CloudTasksQueue(settings.tasks_queue, url, settings.tasks_account)
