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
from healthrelay.flows.delivery.context import Delivery, DeliveryContext
from healthrelay.flows.delivery.deliver import deliver, push_everything
from healthrelay.flows.delivery.webhooks import CALL_TIMEOUT, SAVE_EVERY
from healthrelay.ports.peers import Queue
from healthrelay.ports.store import Store
from tests.flows.delivery.fakes import NOW, FakeTarget, add, context_of
from tests.household import Clock
from tests.peers.process import until

AWAY = TryLater("away")


class Agenda:
    """A queue whose clock jumps to the next task; it knows every name for an hour."""

    dedup_window = timedelta(hours=1)

    def __init__(self) -> None:
        self.now = NOW
        self.waiting: list[tuple[datetime, str, Task]] = []
        self.names: dict[str, datetime] = {}
        self.trouble: HealthrelayError | None = None

    def enqueue(self, task: Task) -> bool:
        if self.trouble:
            raise self.trouble
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,500}", task.name)
        if self.names.get(task.name, NOW) > self.now:
            return False
        at = max(task.at or self.now, self.now)
        self.names[task.name] = at + self.dedup_window
        heapq.heappush(self.waiting, (at, task.name, task))
        return True

    def run(self, work: Callable[[Task], object], until: datetime) -> None:
        """Do what is due, one after the other, until nothing is or the time has come."""
        while self.waiting and self.waiting[0][0] <= until:
            self.now, _, task = heapq.heappop(self.waiting)
            work(task)


@pytest.fixture
def agenda() -> Agenda:
    return Agenda()


@pytest.fixture
def clock(agenda: Agenda) -> Callable[[], datetime]:
    return lambda: agenda.now


@pytest.fixture
def context(
    store: Store, igor: FakeTarget, receiver: FakeTarget, agenda: Agenda
) -> DeliveryContext:
    return context_of(
        store, shared=[igor], own=lambda user: [receiver], now=igor.clock, retries=agenda
    )


def add_next(store: Store, count: int = 1) -> None:
    head = store.log.head("jack")
    add(store, *range(head, head + count))


def test_tasks_alone_keep_the_whole_schedule_to_the_second(
    store: Store, context: DeliveryContext, igor: FakeTarget, agenda: Agenda
) -> None:
    igor.trouble = AWAY
    add_next(store)
    deliver("jack", context)

    agenda.run(lambda task: deliver(task.user, context), NOW + timedelta(days=30))

    assert igor.seconds == list(accumulate(SCHEDULE_SECONDS))
    assert agenda.waiting == []  # the daily probes are the sweep's


def test_two_targets_are_each_tried_at_their_own_instants(
    store: Store, context: DeliveryContext, igor: FakeTarget, receiver: FakeTarget, agenda: Agenda
) -> None:
    store.log.save("jack", "node-red", Progress())
    igor.trouble, receiver.trouble = AWAY, RateLimited("busy", 7)
    add_next(store)
    deliver("jack", context)

    agenda.run(lambda task: deliver(task.user, context), NOW + timedelta(days=1))

    kept = [second for second in accumulate(SCHEDULE_SECONDS) if second <= 86_400]
    assert igor.seconds == kept
    assert receiver.seconds[:3] == [0, 7, 307]


def test_a_pause_that_is_asked_for_is_kept_to_the_second(
    store: Store, context: DeliveryContext, igor: FakeTarget, agenda: Agenda
) -> None:
    igor.trouble = RateLimited("busy", 1234)
    add_next(store)
    deliver("jack", context)

    ((at, _, task),) = agenda.waiting
    assert (task.function, task.user, at) == ("deliver", "jack", NOW + timedelta(seconds=1234))
    agenda.now += timedelta(seconds=60)
    deliver("jack", context)
    assert len(agenda.waiting) == 1


def test_a_target_without_trouble_makes_no_task(
    store: Store, context: DeliveryContext, agenda: Agenda
) -> None:
    add_next(store)

    assert deliver("jack", context) == {"igor": Delivery(delivered=1)}
    push_everything(context)

    assert agenda.waiting == []


def test_a_probe_is_left_to_the_sweep(
    store: Store, context: DeliveryContext, igor: FakeTarget, agenda: Agenda
) -> None:
    igor.trouble = Misconfigured("wrong key")
    add_next(store)

    assert deliver("jack", context)["igor"].paused

    assert store.log.following("jack").progress("igor").state == PAUSED
    assert agenda.waiting == []


def test_a_push_of_everything_that_fails_is_tried_again_in_time(
    store: Store, context: DeliveryContext, igor: FakeTarget, agenda: Agenda
) -> None:
    add_next(store)
    deliver("jack", context)
    igor.trouble = AWAY

    push_everything(context)

    ((at, _, _),) = agenda.waiting
    assert at == NOW + timedelta(seconds=5)
    assert store.log.following("jack").progress("igor").state == FAILING


def test_what_one_call_leaves_over_goes_on_at_once(
    store: Store, context: DeliveryContext, receiver: FakeTarget, agenda: Agenda
) -> None:
    """A receiver that takes its time: a call stops after forty seconds, the rest follows."""
    store.log.save("jack", "node-red", Progress())

    def slowly() -> None:
        agenda.now += timedelta(seconds=3)

    receiver.meanwhile = slowly
    add_next(store, 50)

    delivery = deliver("jack", context._replace(shared=[]))["node-red"]
    assert (delivery.delivered, delivery.waiting) == (SAVE_EVERY, 50 - SAVE_EVERY)
    assert CALL_TIMEOUT.total_seconds() < 3 * SAVE_EVERY
    agenda.run(
        lambda task: deliver(task.user, context._replace(shared=[])), NOW + timedelta(minutes=4)
    )

    assert store.log.following("jack").progress("node-red").sequence == 50
    assert receiver.seconds[-1] == 49 * 3
    assert agenda.waiting == []


def test_a_queue_in_trouble_is_named_and_costs_no_attempt(
    store: Store, context: DeliveryContext, igor: FakeTarget, agenda: Agenda
) -> None:
    agenda.trouble = Misconfigured("no right to enqueue")
    igor.trouble = AWAY
    add_next(store)

    deliveries = deliver("jack", context)

    assert deliveries["queue"] == Delivery(
        waiting=1, trouble=agenda.trouble.as_trouble(), paused=True
    )
    assert deliveries["igor"].trouble
    progress = store.log.following("jack").progress("igor")
    assert (progress.attempt, progress.due) == (1, NOW + timedelta(seconds=5))


def test_the_queue_of_a_process_makes_the_attempt_after_five_seconds(
    store: Store, context: DeliveryContext, igor: FakeTarget
) -> None:
    """The real one; nobody sweeps."""
    now = Clock(NOW).now

    def work(task: Task) -> None:
        igor.trouble = None
        deliver(task.user, real)

    queue: Queue = LocalQueue(work, lambda *_, **__: None, now)
    igor.clock, igor.trouble = now, AWAY
    real = context._replace(now=now, retries=queue)
    add_next(store)
    deliver("jack", real)

    until(lambda: store.log.following("jack").progress("igor").sequence > 0, 10)
    assert igor.seconds == [0, pytest.approx(5, abs=0.5)]
    assert igor.seconds[1] >= 5
    queue.close()  # type: ignore[attr-defined]
