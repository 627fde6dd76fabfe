"""What a fetch does with what it has written, where it may not deliver itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.delivery.tasks import Task, acknowledgement
from healthrelay.core.errors import TryLater
from healthrelay.core.measurements.records import Delta, Record
from healthrelay.flows.delivery.context import Courier, Delivery
from healthrelay.flows.delivery.deliver import hand_on, push_everything
from healthrelay.flows.delivery.events import cursor
from healthrelay.flows.run_task import carry_out

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Desk:
    """A queue that takes a name once, or nothing."""

    remembers = timedelta(hours=1)

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.trouble: TryLater | None = None

    def enqueue(self, task: Task) -> bool:
        if self.trouble:
            raise self.trouble
        if task in self.tasks:
            return False
        self.tasks.append(task)
        return True


class Igor:
    name = "igor"

    def __init__(self) -> None:
        self.got: list[str] = []

    def put(self, user: str, body: bytes) -> None:
        self.got.append(user)


@pytest.fixture
def queue() -> Desk:
    return Desk()


@pytest.fixture
def igor() -> Igor:
    return Igor()


@pytest.fixture
def store() -> SqliteStore:
    store = SqliteStore(":memory:")
    for user in ("jack", "second"):
        store.identities.save(user, {})
    return store


@pytest.fixture
def courier(store: SqliteStore, queue: Desk, igor: Igor) -> Courier:
    return Courier(
        store=store,
        sink=igor,
        hooks=lambda user: [],
        queue=queue,
        now=lambda: NOW,
        jitter=lambda: 0.0,
        public_url="https://relay.example",
        days=365,
        kept=30,
    )


def add(store: SqliteStore, day: int) -> None:
    at = f"2026-11-{day:02}"
    record = Record("body-weight", at, at, {"dateTime": at, "value": "82.4"})
    store.records.apply("jack", Delta(added=(record,)), NOW)


def test_a_change_is_left_to_the_queue_once(
    store: SqliteStore, courier: Courier, queue: Desk, igor: Igor
) -> None:
    assert hand_on("jack", courier) == {}
    assert queue.tasks == []
    add(store, 1)
    store.log.save("jack", "igor", Progress())

    for _ in range(2):
        assert hand_on("jack", courier) == {"igor": Delivery(waiting=1)}

    (task,) = queue.tasks
    assert (task.function, task.user, task.at) == ("deliver", "jack", None)
    assert igor.got == []
    add(store, 2)
    hand_on("jack", courier)
    assert len({task.name for task in queue.tasks}) == 2


def test_what_is_delivered_needs_no_task(store: SqliteStore, courier: Courier, queue: Desk) -> None:
    add(store, 1)
    store.log.save("jack", "igor", Progress(1))
    store.log.save("jack", "reader:script", Progress())

    assert hand_on("jack", courier) == {"igor": Delivery()}
    assert queue.tasks == []


def test_a_queue_in_trouble_costs_no_fetch(
    store: SqliteStore, courier: Courier, queue: Desk
) -> None:
    add(store, 1)
    queue.trouble = TryLater("no queue")

    assert hand_on("jack", courier)["queue"] == Delivery(waiting=1, trouble=queue.trouble)


def test_a_process_notes_itself_what_it_was_handed(store: SqliteStore, courier: Courier) -> None:
    add(store, 1)
    nobody: Any = None

    carry_out(acknowledgement("jack", "script", 1), nobody, courier, NOW)

    assert cursor("jack", "script", store) == 1
    assert "igor" not in store.log.following("jack").targets


def test_everything_is_everybody_who_has_anything(
    store: SqliteStore, courier: Courier, igor: Igor
) -> None:
    add(store, 1)
    store.log.save("jack", "igor", Progress(1, at=NOW))

    assert push_everything(courier) == {"jack": {"igor": Delivery()}}
    assert igor.got == ["jack"]
