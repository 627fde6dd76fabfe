"""The next attempt has a task of its own, and is made on the second, without any sweep."""

from __future__ import annotations

import heapq
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest

from healthrelay.adapters.local_queue import LocalQueue
from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.core.delivery import FAILING, PAUSED, SCHEDULE, Progress
from healthrelay.core.errors import HealthrelayError, Misconfigured, RateLimited, TryLater
from healthrelay.core.messages import Message
from healthrelay.core.records import Delta, Record
from healthrelay.core.tasks import Task
from healthrelay.flows.courier import Courier, Delivery
from healthrelay.flows.deliver import deliver, push_everything
from healthrelay.flows.hooks import PATIENCE, SAVE
from healthrelay.ports import Queue
from tests.household import Clock

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
AWAY = TryLater("away")


class Agenda:
    """A queue whose clock jumps to the next task; it knows every name for an hour."""

    remembers = timedelta(hours=1)

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
        self.names[task.name] = at + self.remembers
        heapq.heappush(self.waiting, (at, task.name, task))
        return True

    def run(self, work: Callable[[Task], object], until: datetime) -> None:
        """Do what is due, one after the other, until nothing is or the time has come."""
        while self.waiting and self.waiting[0][0] <= until:
            self.now, _, task = heapq.heappop(self.waiting)
            work(task)


class Target:
    """A home and a receiver in one: it notes when it was tried, and may be in trouble."""

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self.name = name
        self.now = now
        self.tried: list[datetime] = []
        self.trouble: HealthrelayError | None = None

    def put(self, user: str, body: bytes) -> None:
        self._try()

    def send(self, message: Message) -> None:
        self._try()

    def _try(self) -> None:
        self.tried.append(self.now())
        if self.trouble:
            raise self.trouble

    @property
    def seconds(self) -> list[float]:
        """When it was tried, after the first time."""
        return [(at - self.tried[0]).total_seconds() for at in self.tried]


@pytest.fixture
def agenda() -> Agenda:
    return Agenda()


@pytest.fixture
def igor(agenda: Agenda) -> Target:
    return Target("igor", lambda: agenda.now)


@pytest.fixture
def node_red(agenda: Agenda) -> Target:
    return Target("node-red", lambda: agenda.now)


@pytest.fixture
def store() -> SqliteStore:
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    return store


@pytest.fixture
def courier(store: SqliteStore, igor: Target, node_red: Target, agenda: Agenda) -> Courier:
    return Courier(
        store=store,
        sink=igor,
        hooks=lambda user: [node_red],
        queue=None,
        now=lambda: agenda.now,
        jitter=lambda: 0.0,
        public_url="https://relay.example",
        days=365,
        kept=30,
        later=agenda,
    )


def add(store: SqliteStore, count: int = 1) -> None:
    head = store.log.head("jack")
    for number in range(head, head + count):
        at = (NOW.date() + timedelta(number)).isoformat()
        record = Record("body-weight", at, at, {"dateTime": at, "value": "82.4"})
        store.records.apply("jack", Delta(added=(record,)), NOW)


def test_tasks_alone_keep_the_whole_schedule_to_the_second(
    store: SqliteStore, courier: Courier, igor: Target, agenda: Agenda
) -> None:
    igor.trouble = AWAY
    add(store)
    deliver("jack", courier)

    agenda.run(lambda task: deliver(task.user, courier), NOW + timedelta(days=30))

    assert igor.seconds == list(accumulate(SCHEDULE))
    assert agenda.waiting == []  # the daily probes are the sweep's


def test_two_targets_are_each_tried_at_their_own_instants(
    store: SqliteStore, courier: Courier, igor: Target, node_red: Target, agenda: Agenda
) -> None:
    store.log.save("jack", "node-red", Progress())
    igor.trouble, node_red.trouble = AWAY, RateLimited("busy", 7)
    add(store)
    deliver("jack", courier)

    agenda.run(lambda task: deliver(task.user, courier), NOW + timedelta(days=1))

    kept = [second for second in accumulate(SCHEDULE) if second <= 86_400]
    assert igor.seconds == kept
    assert node_red.seconds[:3] == [0, 7, 307]


def test_a_pause_that_is_asked_for_is_kept_to_the_second(
    store: SqliteStore, courier: Courier, igor: Target, agenda: Agenda
) -> None:
    igor.trouble = RateLimited("busy", 1234)
    add(store)
    deliver("jack", courier)

    ((at, _, task),) = agenda.waiting
    assert (task.function, task.user, at) == ("deliver", "jack", NOW + timedelta(seconds=1234))
    agenda.now += timedelta(seconds=60)
    deliver("jack", courier)
    assert len(agenda.waiting) == 1


def test_what_is_well_makes_no_task(store: SqliteStore, courier: Courier, agenda: Agenda) -> None:
    add(store)

    assert deliver("jack", courier) == {"igor": Delivery(delivered=1)}
    push_everything(courier)

    assert agenda.waiting == []


def test_a_probe_is_left_to_the_sweep(
    store: SqliteStore, courier: Courier, igor: Target, agenda: Agenda
) -> None:
    igor.trouble = Misconfigured("wrong key")
    add(store)

    assert deliver("jack", courier)["igor"].paused

    assert store.log.following("jack").progress("igor").state == PAUSED
    assert agenda.waiting == []


def test_a_push_of_everything_that_fails_is_tried_again_in_time(
    store: SqliteStore, courier: Courier, igor: Target, agenda: Agenda
) -> None:
    add(store)
    deliver("jack", courier)
    igor.trouble = AWAY

    push_everything(courier)

    ((at, _, _),) = agenda.waiting
    assert at == NOW + timedelta(seconds=5)
    assert store.log.following("jack").progress("igor").state == FAILING


def test_what_one_call_leaves_over_goes_on_at_once(
    store: SqliteStore, courier: Courier, node_red: Target, agenda: Agenda
) -> None:
    """A receiver that takes its time: a call stops after forty seconds, the rest follows."""
    store.log.save("jack", "node-red", Progress())
    real = node_red.send

    def slowly(message: Message) -> None:
        agenda.now += timedelta(seconds=3)
        real(message)

    node_red.send = slowly  # type: ignore[method-assign]
    add(store, 50)

    told = deliver("jack", courier._replace(sink=None))["node-red"]
    assert (told.delivered, told.waiting) == (SAVE, 50 - SAVE)
    assert PATIENCE.total_seconds() < 3 * SAVE
    agenda.run(
        lambda task: deliver(task.user, courier._replace(sink=None)), NOW + timedelta(minutes=4)
    )

    assert store.log.following("jack").progress("node-red").sequence == 50
    assert node_red.seconds[-1] == 49 * 3
    assert agenda.waiting == []


def test_a_queue_in_trouble_is_told_and_costs_no_attempt(
    store: SqliteStore, courier: Courier, igor: Target, agenda: Agenda
) -> None:
    agenda.trouble = Misconfigured("no right to enqueue")
    igor.trouble = AWAY
    add(store)

    told = deliver("jack", courier)

    assert told["queue"] == Delivery(waiting=1, trouble=agenda.trouble, paused=True)
    assert told["igor"].trouble
    progress = store.log.following("jack").progress("igor")
    assert (progress.attempt, progress.due) == (1, NOW + timedelta(seconds=5))


def test_the_queue_of_a_process_makes_the_attempt_after_five_seconds(
    store: SqliteStore, courier: Courier, igor: Target
) -> None:
    """The real one; nobody sweeps."""
    now = Clock(NOW).now

    def work(task: Task) -> None:
        igor.trouble = None
        deliver(task.user, real)

    queue: Queue = LocalQueue(work, lambda *_, **__: None, now)
    igor.now, igor.trouble = now, AWAY
    real = courier._replace(now=now, later=queue)
    add(store)
    deliver("jack", real)

    end = time.monotonic() + 10
    while store.log.following("jack").progress("igor").sequence == 0:
        assert time.monotonic() < end
        time.sleep(0.01)

    assert igor.seconds == [0, pytest.approx(5, abs=0.5)]
    assert igor.seconds[1] >= 5
    queue.close()  # type: ignore[attr-defined]
