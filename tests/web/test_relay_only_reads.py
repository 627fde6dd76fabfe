"""A deployed `relay` may only read: acknowledgements are handed on, and `deliver` writes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, Request, Response, request

from healthrelay.adapters.firestore import FirestoreStore
from healthrelay.core.delivery.tasks import Task
from healthrelay.core.errors import TryLater
from healthrelay.flows.delivery.events import MAX_READERS, acknowledge, cursor
from healthrelay.flows.delivery.poll import new_poll_key
from healthrelay.ports.peers import Queue
from healthrelay.ports.store import Store
from healthrelay.web import deliver, relay
from healthrelay.web.deliver import TASK
from healthrelay.web.endpoint import View
from tests.flows.delivery.fakes import NOW, FakeQueue, add
from tests.household import OWNER_KEY

READS = {
    "identities": {"names", "settings", "poll_key", "application"},
    "tokens": {"load"},
    "records": {"within", "everything", "coverage"},
    "log": {"head", "after", "following", "followings"},
    "targets": {"of"},
}
"""Whatever else a store can do, writes; a handshake cannot even be looked at without."""


class Reading:
    """A store, or a room of one, for somebody whose role is to read: all else is refused."""

    def __init__(self, real: object, allowed: set[str]) -> None:
        self._real = real
        self._allowed = allowed

    def __getattr__(self, name: str) -> Any:
        if name not in self._allowed:
            raise PermissionError(f"{name} writes")
        found = getattr(self._real, name)
        return Reading(found, READS[name]) if name in READS else found


class Deployed:
    """What `relay`, or `deliver`, is given in the cloud."""

    relay_days = 365
    owner_key = OWNER_KEY
    guard = "owner_key"

    def __init__(self, store: Any, writer: Queue | None) -> None:
        self.store = store
        self.writer = writer
        self.notes: list[dict[str, object]] = []

    def now(self) -> datetime:
        return NOW

    def log_event(self, severity: str, event: str, **facts: object) -> None:
        self.notes.append(facts)


def answer_of(view: View, services: Any, path: str, method: str = "GET", **more: Any) -> Response:
    """What *view* answers, as a function that is reached at this path."""
    with Flask("cloud").test_request_context(path, method=method, **more):
        real: Request = request._get_current_object()  # type: ignore[attr-defined]
        return view(real, services)


@pytest.fixture
def store(either_store: Store) -> Store:
    either_store.identities.save("jack", {})
    add(either_store, 0, 1, 2)
    return either_store


@pytest.fixture
def key(store: Store) -> str:
    return new_poll_key("jack", store.identities)


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def public(store: Store, queue: FakeQueue) -> Deployed:
    return Deployed(Reading(store, set(READS)), queue)


def carried_out(task: Task, store: Store) -> Response:
    """What Cloud Tasks makes of it: a POST to the private function."""
    assert task.function == "deliver"
    return answer_of(
        deliver.view,
        Deployed(store, None),
        "/deliver",
        "POST",
        data=urlencode([("user", task.user), *task.params]),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {OWNER_KEY}", TASK: "1"},
    )


def test_the_fixture_refuses_writes(public: Deployed) -> None:
    """As the real one would: without this, the tests below could not fail."""
    with pytest.raises(PermissionError):
        acknowledge("jack", "igor", 1, public.store.log, NOW)
    with pytest.raises(PermissionError):
        public.store.handshakes.use("a", NOW, NOW)


@pytest.mark.parametrize(
    "path",
    [
        "/relay?",
        "/relay?format=xml&cursor=1&",
        "/relay?days=1&",
        "/relay/events?",
        "/relay/events?after=1&limit=1&",
        "/relay/events?reader=script&wait=0&",
        "/relay/events?after=3&wait=1&",
        "/relay/events?after=9&",
        "/relay/ack?cursor=3&",
    ],
)
def test_whoever_has_the_key_is_answered_without_a_write(
    public: Deployed, store: Store, key: str, path: str
) -> None:
    written = store.meter.writes if isinstance(store, FirestoreStore) else 0

    answer = answer_of(relay.view, public, f"{path}user=jack&key={key}")

    assert answer.status_code == 200, answer.get_data()
    if isinstance(store, FirestoreStore):
        assert store.meter.writes == written


def test_a_program_learns_that_its_acknowledgement_is_handed_on(
    public: Deployed, store: Store, queue: FakeQueue, key: str
) -> None:
    words = {"user": "jack", "reader": "script", "cursor": "2"}
    bearer = {"Authorization": f"Bearer {key}"}

    for _ in range(2):
        answer = answer_of(relay.view, public, "/relay/ack", "POST", json=words, headers=bearer)
        assert (answer.status_code, answer.get_json()) == (202, words | {"cursor": 2})
    assert cursor("jack", "script", store.log) == 0
    (task,) = queue.tasks
    assert key not in str(task)

    done = carried_out(task, store)

    assert (done.status_code, done.get_json()) == (200, words | {"cursor": 2})
    assert cursor("jack", "script", store.log) == 2


def test_igor_is_answered_200_because_anything_else_is_a_failure_to_it(
    public: Deployed, store: Store, queue: FakeQueue, key: str
) -> None:
    answer = answer_of(relay.view, public, f"/relay/ack?user=jack&key={key}&cursor=3")

    assert (answer.status_code, answer.get_json()["cursor"]) == (200, 3)
    (task,) = queue.tasks
    carried_out(task, store)
    assert cursor("jack", "igor", store.log) == 3


def test_what_is_noted_already_makes_no_task_and_never_goes_back(
    public: Deployed, store: Store, queue: FakeQueue, key: str
) -> None:
    acknowledge("jack", "igor", 2, store.log, NOW)

    for number in (1, 2):
        path = f"/relay/ack?user=jack&key={key}&cursor={number}"
        assert answer_of(relay.view, public, path).get_json()["cursor"] == 2

    assert queue.tasks == []


def test_tasks_that_overtake_each_other_end_with_the_newest(
    public: Deployed, store: Store, queue: FakeQueue, key: str
) -> None:
    for number in (1, 3):
        answer_of(relay.view, public, f"/relay/ack?user=jack&key={key}&cursor={number}")

    for task in reversed(queue.tasks):
        assert carried_out(task, store).status_code == 200

    assert cursor("jack", "igor", store.log) == 3


@pytest.mark.parametrize("query", ["cursor=4", "cursor=x", "reader=../x&cursor=1", "reader=one"])
def test_what_cannot_be_is_refused_before_it_is_handed_on(
    public: Deployed, queue: FakeQueue, key: str, query: str
) -> None:
    answer = answer_of(relay.view, public, f"/relay/ack?user=jack&key={key}&{query}")

    assert (answer.status_code, queue.tasks) == (400, [])


def test_neither_without_the_key_nor_beyond_the_number_of_readers(
    public: Deployed, store: Store, queue: FakeQueue, key: str
) -> None:
    assert answer_of(relay.view, public, "/relay/ack?user=jack&key=x&cursor=1").status_code == 401
    for number in range(MAX_READERS):
        acknowledge("jack", f"r{number}", 1, store.log, NOW)

    path = f"/relay/ack?user=jack&key={key}&cursor=1&reader=another"
    answer = answer_of(relay.view, public, path)

    assert (answer.status_code, queue.tasks) == (409, [])


def test_a_queue_that_is_away_is_no_acknowledgement(
    public: Deployed, queue: FakeQueue, key: str
) -> None:
    queue.trouble = TryLater("Cloud Tasks could not be reached.")

    answer = answer_of(relay.view, public, f"/relay/ack?user=jack&key={key}&cursor=1")

    assert answer.status_code == 503


@pytest.mark.parametrize(
    ("user", "sequence"), [("nobody", "1"), ("jack", "99")], ids=["removed", "made again"]
)
def test_what_is_true_no_more_when_it_is_run_is_not_repeated(
    store: Store, user: str, sequence: str
) -> None:
    task = Task("deliver", user, "x", params=(("reader", "igor"), ("cursor", sequence)))

    assert carried_out(task, store).status_code == 200
    assert store.log.following("jack").targets == {}


def test_deliver_takes_it_from_its_invoker_alone(store: Store) -> None:
    words = {"user": "jack", "reader": "igor", "cursor": "1"}
    answer = answer_of(deliver.view, Deployed(store, None), "/deliver", "POST", data=words)

    assert (answer.status_code, cursor("jack", "igor", store.log)) == (401, 0)


def test_on_one_machine_it_is_written_at_once(store: Store, key: str) -> None:
    words = {"user": "jack", "key": key, "cursor": "2"}
    answer = answer_of(relay.view, Deployed(store, None), "/relay/ack", "POST", data=words)

    assert (answer.status_code, cursor("jack", "igor", store.log)) == (200, 2)
