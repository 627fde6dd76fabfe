"""What a fetch does with what it has written, where it may not deliver itself."""

from __future__ import annotations

import pytest

from healthrelay.core.delivery.progress import Progress
from healthrelay.core.delivery.tasks import acknowledgement
from healthrelay.core.errors import TryLater
from healthrelay.flows.delivery.context import Delivery
from healthrelay.flows.delivery.deliver import enqueue_delivery
from healthrelay.flows.delivery.events import cursor
from healthrelay.flows.delivery.sweep import push_everything
from healthrelay.flows.run_task import run_task
from healthrelay.ports.store import Store
from tests.flows.delivery.fakes import NOW, FakeQueue, Home, add


def enqueue(store: Store, queue: FakeQueue) -> dict[str, Delivery]:
    return enqueue_delivery("jack", log=store.log, queue=queue, log_event=lambda *_, **__: None)


def test_a_change_is_left_to_the_queue_once(store: Store, queue: FakeQueue) -> None:
    assert enqueue(store, queue) == {}
    assert queue.tasks == []
    add(store, 1)
    store.log.save("jack", "igor", Progress())

    for _ in range(2):
        assert enqueue(store, queue) == {"igor": Delivery(waiting=1)}

    (task,) = queue.tasks
    assert (task.function, task.user, task.at) == ("deliver", "jack", None)
    add(store, 2)
    enqueue(store, queue)
    assert len({task.name for task in queue.tasks}) == 2


def test_what_is_delivered_needs_no_task(store: Store, queue: FakeQueue) -> None:
    add(store, 1)
    store.log.save("jack", "igor", Progress(1))
    store.log.save("jack", "reader:script", Progress())

    assert enqueue(store, queue) == {"igor": Delivery()}
    assert queue.tasks == []


def test_a_queue_in_trouble_costs_no_fetch(store: Store, queue: FakeQueue) -> None:
    add(store, 1)
    queue.trouble = TryLater("no queue")

    assert enqueue(store, queue)["queue"] == Delivery(waiting=1, trouble=queue.trouble.as_trouble())


def test_a_process_stores_itself_what_a_reader_acknowledged(store: Store) -> None:
    add(store, 1)

    def nobody(_user: str) -> dict[str, Delivery]:
        pytest.fail("an acknowledgement neither fetches nor delivers")

    task = acknowledgement("jack", "script", 1)
    run_task(task, fetch=nobody, deliver=nobody, log=store.log, now=NOW)

    assert cursor("jack", "script", store.log) == 1
    assert "igor" not in store.log.following("jack").targets


def test_everything_is_everybody_who_has_anything(home: Home) -> None:
    home.store.identities.save("second", {})
    home.add(1)
    home.save(Progress(1, at=NOW))

    assert push_everything(home.context) == {"jack": {"igor": Delivery()}}
    assert home.igor.users == ["jack"]
