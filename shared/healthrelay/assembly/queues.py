"""The queues that can be chosen; each is imported for its first task."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from healthrelay.config import Settings
    from healthrelay.core.delivery.tasks import Task
    from healthrelay.ports.peers import LogEvent, Queue


def open_queue(
    settings: Settings,
    run_task: Callable[[Task], None],
    log_event: LogEvent,
    now: Callable[[], datetime],
) -> Queue:
    """Return the queue that the settings name; without one, threads that run tasks here."""
    if not settings.tasks_queue:
        from healthrelay.adapters.local_queue import LocalQueue

        return LocalQueue(run_task, log_event, now)
    from healthrelay.adapters.cloud_tasks import CloudTasksQueue

    address, account = settings.private_address, settings.tasks_account
    return CloudTasksQueue(settings.tasks_queue, address, account)


class LazyQueue:
    """Satisfies `ports.peers.Queue`; opened for its first task, because that loads for a second."""

    def __init__(self, opened: Callable[[], Queue]) -> None:
        self._opened = opened

    @property
    def dedup_window(self) -> timedelta:
        return self._opened().dedup_window

    def enqueue(self, task: Task) -> bool:
        return self._opened().enqueue(task)
