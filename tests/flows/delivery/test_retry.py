"""The next attempt has a task of its own, and is made on the second, without any sweep."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import accumulate

import pytest

from healthrelay.adapters.local_queue import LocalQueue
from healthrelay.core.delivery.progress import FAILING, PAUSED, SCHEDULE_SECONDS, Progress
from healthrelay.core.delivery.tasks import Task
from healthrelay.core.errors import HealthrelayError, Misconfigured, RateLimited, TryLater
from healthrelay.flows.delivery.context import Delivery
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.sweep import push_everything
from healthrelay.flows.delivery.webhooks import CALL_TIMEOUT
from healthrelay.ports.peers import Queue
from tests.flows.delivery import fakes
from tests.flows.delivery.fakes import NOW, Home
from tests.household import Clock
from tests.peers.process import until

AWAY = TryLater("away")


class Agenda:
    """A queue whose clock jumps to the next task; it knows every name for an hour."""

    dedup_window = timedelta(hours=1)

    def __init__(self, clock: fakes.Clock) -> None:
        self.clock = clock
        self.waiting: list[tuple[datetime, str, Task]] = []
        self.names: dict[str, datetime] = {}
        self.trouble: HealthrelayError | None = None

    def enqueue(self, task: Task) -> bool:
        if self.trouble:
            raise self.trouble
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,500}", task.name)
        if self.names.get(task.name, NOW) > self.clock.now:
            return False
        at = max(task.at or NOW, self.clock.now)
        self.names[task.name] = at + self.dedup_window
        heapq.heappush(self.waiting, (at, task.name, task))
        return True

    def run(self, work: Callable[[Task], object], until: datetime) -> None:
        """Do what is due, one after the other, until nothing is or the time has come."""
        while self.waiting and self.waiting[0][0] <= until:
            self.clock.now, _, task = heapq.heappop(self.waiting)
            work(task)


@pytest.fixture
def agenda(home: Home) -> Agenda:
    agenda = Agenda(home.clock)
    home.context = home.context._replace(retries=agenda)
    return agenda


def test_tasks_alone_keep_the_whole_schedule_to_the_second(home: Home, agenda: Agenda) -> None:
    home.igor.trouble = AWAY
    home.add(0)
    home.deliver()

    agenda.run(lambda task: deliver(task.user, home.context), NOW + timedelta(days=30))

    assert home.igor.seconds == list(accumulate(SCHEDULE_SECONDS))
    assert agenda.waiting == []  # the daily probes are the sweep's


def test_two_targets_are_each_tried_at_their_own_instants(home: Home, agenda: Agenda) -> None:
    home.store.log.save("jack", "node-red", Progress())
    home.igor.trouble, home.receiver.trouble = AWAY, RateLimited("busy", 7)
    home.add(0)
    home.deliver()

    agenda.run(lambda task: deliver(task.user, home.context), NOW + timedelta(days=1))

    kept = [second for second in accumulate(SCHEDULE_SECONDS) if second <= 86_400]
    assert home.igor.seconds == kept
    assert home.receiver.seconds[:3] == [0, 7, 307]


def test_a_pause_that_is_asked_for_is_kept_to_the_second(home: Home, agenda: Agenda) -> None:
    home.igor.trouble = RateLimited("busy", 1234)
    home.add(0)
    home.deliver()

    ((at, _, task),) = agenda.waiting
    assert (task.function, task.user, at) == ("deliver", "jack", NOW + timedelta(seconds=1234))
    home.clock.now += timedelta(seconds=60)
    home.deliver()
    assert len(agenda.waiting) == 1


def test_a_target_without_trouble_makes_no_task(home: Home, agenda: Agenda) -> None:
    home.add(0)

    assert deliver("jack", home.context) == {"igor": Delivery(delivered=1)}
    push_everything(home.context)

    assert agenda.waiting == []


def test_a_probe_is_left_to_the_sweep(home: Home, agenda: Agenda) -> None:
    home.igor.trouble = Misconfigured("wrong key")
    home.add(0)

    assert home.deliver().paused

    assert home.progress().state == PAUSED
    assert agenda.waiting == []


def test_a_push_of_everything_that_fails_is_tried_again_in_time(home: Home, agenda: Agenda) -> None:
    home.add(0)
    home.deliver()
    home.igor.trouble = AWAY

    push_everything(home.context)

    ((at, _, _),) = agenda.waiting
    assert at == NOW + timedelta(seconds=5)
    assert home.progress().state == FAILING


def test_what_one_call_leaves_over_goes_on_at_once(home: Home, agenda: Agenda) -> None:
    """A receiver that takes its time: a call stops after forty seconds, the rest follows."""
    home.target = home.receiver
    home.context = home.context._replace(shared=[])
    home.save(Progress())

    def slowly() -> None:
        home.clock.now += timedelta(seconds=3)

    home.receiver.meanwhile = slowly
    home.add(*range(50))

    delivery = home.deliver()
    assert CALL_TIMEOUT.total_seconds() == 40
    assert (delivery.delivered, delivery.waiting) == (14, 36)  # the last one begins after 39 s
    agenda.run(lambda task: deliver(task.user, home.context), NOW + timedelta(minutes=4))

    assert home.progress().sequence == 50
    assert home.receiver.seconds[-1] == 49 * 3
    assert agenda.waiting == []


def test_a_queue_in_trouble_is_named_and_costs_no_attempt(home: Home, agenda: Agenda) -> None:
    agenda.trouble = Misconfigured("no right to enqueue")
    home.igor.trouble = AWAY
    home.add(0)

    deliveries = deliver("jack", home.context)

    trouble = agenda.trouble.as_trouble()
    assert deliveries["queue"] == Delivery(waiting=1, trouble=trouble, paused=True)
    assert deliveries["igor"].trouble
    progress = home.progress()
    assert (progress.attempt, progress.due) == (1, NOW + timedelta(seconds=5))


def test_the_queue_of_a_process_makes_the_attempt_after_five_seconds(home: Home) -> None:
    """The real one; nobody sweeps."""
    now = Clock(NOW).now

    def work(task: Task) -> None:
        home.igor.trouble = None
        deliver(task.user, real)

    queue: Queue = LocalQueue(work, lambda *_, **__: None, now)
    home.igor.clock, home.igor.trouble = now, AWAY
    real = home.context._replace(now=now, retries=queue)
    home.add(0)
    deliver("jack", real)

    until(lambda: home.progress().sequence > 0, 10)
    assert home.igor.seconds == [0, pytest.approx(5, abs=0.5)]
    assert home.igor.seconds[1] >= 5
    queue.close()  # type: ignore[attr-defined]
