"""Tasks in this process: each apart from the others, bounded, known by name."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from healthrelay.adapters.local_queue import LocalQueue
from healthrelay.core.delivery.tasks import Task
from healthrelay.core.errors import ReconnectNeeded, TryLater
from tests.household import Clock
from tests.peers.process import until

SECONDS = 10


def task(user: str, slot: int = 0, at: datetime | None = None) -> Task:
    return Task("fetch", user, f"{user}-{slot}", at)


class Work:
    """Notes who was worked for; some hang until released, some fail."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.released = threading.Event()
        self.lines: list[tuple[str, object]] = []
        self.clock = timedelta()
        self._running = Clock()

    def __call__(self, task: Task) -> None:
        if task.user.startswith("slow"):
            self.released.wait(SECONDS)
        if task.user.startswith("lost"):
            raise ReconnectNeeded("The grant has ended.", task.user)
        if task.user.startswith("later"):
            raise TryLater("The provider has trouble.", 60)
        if task.user.startswith("broken"):
            raise KeyError("a value that must not be shown")
        self.done.append(task.user)

    def log_event(self, severity: str, event: str, **facts: object) -> None:
        self.lines.append((severity, facts["cause"]))

    def now(self) -> datetime:
        return self._running.now() + self.clock


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def queue(work: Work) -> Iterator[LocalQueue]:
    made = LocalQueue(work, work.log_event, work.now, workers=4, length=250)
    yield made
    work.released.set()
    made.close()


def test_who_is_slow_or_broken_delays_nobody(queue: LocalQueue, work: Work) -> None:
    odd = ["slow1", "slow2", "slow3", "broken1", "lost1", "later1"]
    people = [f"user{number}" for number in range(200)]

    for user in [*odd, *people]:
        assert queue.enqueue(task(user))

    until(lambda: len(work.done) == 200)
    assert sorted(work.done) == sorted(people)
    until(lambda: len(work.lines) == 3)
    assert "must not be shown" not in str(work.lines)
    assert {severity for severity, _ in work.lines} == {"ERROR", "WARNING"}
    work.released.set()
    until(lambda: len(work.done) == 203)


def test_a_name_is_taken_once_while_it_waits_runs_and_is_remembered(
    queue: LocalQueue, work: Work
) -> None:
    assert queue.enqueue(task("slow"))
    assert not queue.enqueue(task("slow"))
    work.released.set()
    until(lambda: work.done == ["slow"])
    assert not queue.enqueue(task("slow"))

    work.clock = timedelta(days=1, minutes=2)
    assert queue.enqueue(task("slow"))
    until(lambda: work.done == ["slow", "slow"])


def test_what_failed_in_passing_may_come_again_after_its_pause(
    queue: LocalQueue, work: Work
) -> None:
    queue.enqueue(task("later"))
    until(lambda: len(work.lines) == 1)
    time.sleep(0.05)
    assert not queue.enqueue(task("later"))

    work.clock = timedelta(seconds=61)

    assert queue.enqueue(task("later"))


def test_one_person_holds_one_worker_only(queue: LocalQueue, work: Work) -> None:
    for slot in range(8):
        queue.enqueue(task("slow", slot))
    queue.enqueue(task("jack"))

    until(lambda: work.done == ["jack"])


def test_full_queue_takes_nothing_and_loses_nothing(work: Work) -> None:
    queue = LocalQueue(work, work.log_event, work.now, workers=1, length=2)
    queue.enqueue(task("slow"))
    until(lambda: len(queue._waiting) == 0)
    for user in ("a", "b"):
        queue.enqueue(task(user))

    with pytest.raises(TryLater):
        queue.enqueue(task("c"))

    work.released.set()
    until(lambda: work.done == ["slow", "a", "b"])
    assert queue.enqueue(task("c"))
    queue.close()
    with pytest.raises(TryLater):
        queue.enqueue(task("d"))


def test_task_waits_for_its_time(queue: LocalQueue, work: Work) -> None:
    queue.enqueue(task("at-three", at=work.now() + timedelta(seconds=0.3)))
    queue.enqueue(task("now"))

    until(lambda: work.done == ["now"])
    until(lambda: work.done == ["now", "at-three"])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_who_cannot_be_logged_is_free_again(work: Work) -> None:
    def log_event(severity: str, event: str, **facts: object) -> None:
        work.log_event(severity, event, **facts)
        raise OSError("nobody reads the log")

    queue = LocalQueue(work, log_event, work.now, workers=1)
    for slot in range(3):
        until(lambda: not queue._busy)
        assert queue.enqueue(task("broken", slot))
        until(lambda count=slot + 1: len(work.lines) == count)

    until(lambda: not queue._busy)
    assert queue.enqueue(task("jack"))
    until(lambda: work.done == ["jack"])
    queue.close()
