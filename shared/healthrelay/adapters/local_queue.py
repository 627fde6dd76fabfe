"""Tasks run in this process, by a bounded number of threads."""

import threading
import time
import traceback
from bisect import insort
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from healthrelay.core.delivery.tasks import Task
from healthrelay.core.errors import HealthrelayError, TryLater

WORKERS = 8
MAX_LENGTH = 2_000
SHUTDOWN_TIMEOUT_SECONDS = 2.0
"""For what is running when we stop."""
MAX_SLEEP_SECONDS = 5.0
"""A clock may jump, so no thread sleeps longer than this towards the time of a task."""
_ALWAYS = datetime.max.replace(tzinfo=UTC)


class LocalQueue:
    """Satisfies `healthrelay.ports.peers.Queue`. *work* does a task; its errors are logged.

    One person holds one worker of each function at most, however slow they are. What the full
    queue does not take, or what failed in passing, is due again at the next look at the clock.
    """

    dedup_window = timedelta(days=1)

    def __init__(
        self,
        work: Callable[[Task], None],
        log_event: Callable[..., None],
        now: Callable[[], datetime],
        workers: int = WORKERS,
        length: int = MAX_LENGTH,
    ) -> None:
        self._work = work
        self._log_event = log_event
        self._now = now
        self._workers = workers
        self._length = length
        self._changed = threading.Condition()
        self._waiting: list[tuple[datetime, int, Task]] = []
        self._order = count()
        self._busy: set[tuple[str, str]] = set()
        self._names: dict[str, datetime] = {}
        self._tidied: datetime | None = None
        self._threads: list[threading.Thread] = []
        self._signs: dict[int | None, datetime] = {}
        self._closed = False

    def enqueue(self, task: Task) -> bool:
        """Take *task* unless its name is known; raises `TryLater` when the queue is full."""
        with self._changed:
            now = self._now()
            self._tidy(now)
            if self._names.get(task.name, now) > now:
                return False
            if self._closed or len(self._waiting) >= self._length:
                raise TryLater("The queue is full or stopping.", 60)
            self._names[task.name] = _ALWAYS
            insort(self._waiting, (task.at or now, next(self._order), task))
            if len(self._threads) < min(self._workers, len(self._waiting) + len(self._busy)):
                self._hire()
            # All of them: one may be about to sleep beyond this task's time.
            self._changed.notify_all()
        return True

    def oldest_sign(self) -> datetime:
        """Return when the thread that is silent for longest last looked for a task; now if none."""
        with self._changed:
            signs = [self._signs.get(thread.ident, self._now()) for thread in self._threads]
            return min(signs, default=self._now())

    def close(self) -> None:
        """Take nothing more, drop what waits, and give what runs a moment."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        until = time.monotonic() + SHUTDOWN_TIMEOUT_SECONDS
        for thread in tuple(self._threads):
            thread.join(max(0.0, until - time.monotonic()))

    def _tidy(self, now: datetime) -> None:
        if self._tidied and abs(now - self._tidied) < timedelta(minutes=1):
            return
        self._tidied = now
        self._names = {name: until for name, until in self._names.items() if until > now}

    def _hire(self) -> None:
        # Daemons: a peer that never answers must not keep the process from ending.
        thread = threading.Thread(target=self._serve, name="queue", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        try:
            while task := self._next():
                self._run_in_place(task)
        finally:
            # A thread that ends, however it ends, makes room for another.
            with self._changed:
                self._threads.remove(threading.current_thread())

    def _run_in_place(self, task: Task) -> None:
        """Run *task*, and free its place even where its end cannot be logged."""
        known_until = self._now()
        try:
            known_until = self._run(task)
        finally:
            with self._changed:
                self._busy.discard((task.function, task.user))
                self._names[task.name] = known_until
                self._changed.notify_all()

    def _next(self) -> Task | None:
        """Return the first task that is due and whose person is free; None at the end."""
        with self._changed:
            while not self._closed:
                now = self._now()
                self._signs[threading.get_ident()] = now
                for index, (at, _, task) in enumerate(self._waiting):
                    if at > now:
                        break
                    if (task.function, task.user) not in self._busy:
                        del self._waiting[index]
                        self._busy.add((task.function, task.user))
                        return task
                self._changed.wait(self._sleep_seconds(now))
            return None

    def _sleep_seconds(self, now: datetime) -> float:
        later = [(at - now).total_seconds() for at, _, _ in self._waiting if at > now]
        return min([MAX_SLEEP_SECONDS, *later[:1]])

    def _run(self, task: Task) -> datetime:
        """Run *task*; return until when its name stays known."""
        try:
            self._work(task)
        except HealthrelayError as error:
            self._log_event("WARNING", "task", user=task.user, cause=error.sentence)
            if isinstance(error, TryLater):
                return self._now() + timedelta(seconds=error.after)
        except Exception as error:  # noqa: BLE001 - one task's defect is not the next one's
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
            self._log_event("ERROR", "task", user=task.user, cause=where)
        return self._now() + self.dedup_window
