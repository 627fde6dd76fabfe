"""A deployed `relay` may only read: acknowledgements are handed on, and `deliver` writes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Response

from healthrelay.adapters.firestore.store import FirestoreStore
from healthrelay.core.delivery.tasks import Task
from healthrelay.core.errors import TryLater
from healthrelay.flows.delivery.events import MAX_READERS, acknowledge, cursor
from healthrelay.flows.delivery.places import Places
from healthrelay.flows.delivery.poll import new_poll_key
from healthrelay.flows.delivery.snapshots import Snapshots
from healthrelay.ports.peers import Queue
from healthrelay.ports.store import Store
from healthrelay.web import deliver, events, relay
from healthrelay.web.deliver import TASK
from tests.flows.delivery.fakes import NOW, FakeQueue, add
from tests.household import OWNER_KEY, answer_of

READS = {
    "identities": {"names", "settings", "poll_key", "application"},
    "tokens": {"load"},
    "records": {"within", "everything", "everything_since", "named", "series", "ledger"},
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

    system, public_url = "metric", ""
    relay_days = 365
    public_url = "https://relay.example"
    owner_key = OWNER_KEY
    guard = "owner_key"

    def __init__(self, store: Any, writer: Queue | None) -> None:
        self.store = store
        self.writer = writer
        self.snapshots, self.places = Snapshots(), Places(2)
        self.notes: list[dict[str, object]] = []

    def now(self) -> datetime:
        return NOW

    def log_event(self, severity: str, event: str, **facts: object) -> None:
        self.notes.append(facts)


@pytest.fixture
def store(either_store: Store) -> Store:
    either_store.identities.save("jack", {})
    add(either_store, 0, 1, 2)
    return either_store


class Cloud:
    """A `relay` that may only read, the queue that it has, and a `deliver` that writes."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.key = new_poll_key("jack", store.identities)
        self.queue = FakeQueue()
        self.relay = Deployed(Reading(store, set(READS)), self.queue)

    def ask(self, path: str, key: str = "") -> Response:
        """What `relay` answers jack's program at *path*, which may have a query."""
        link = "&" if "?" in path else "?"
        view = events.view if path.startswith("/relay/events") else relay.view
        return answer_of(view, self.relay, f"{path}{link}user=jack&key={key or self.key}")

    def carry_out(self, task: Task) -> Response:
        """What Cloud Tasks makes of it: a POST to the private function."""
        assert task.function == "deliver"
        return answer_of(
            deliver.view,
            Deployed(self.store, None),
            "/deliver",
            "POST",
            data=urlencode([("user", task.user), *task.params]),
            content_type="application/x-www-form-urlencoded",
            headers={"Authorization": f"Bearer {OWNER_KEY}", TASK: "1"},
        )

    def cursor(self, reader: str = "igor") -> int:
        return cursor("jack", reader, self.store.log)


@pytest.fixture
def cloud(store: Store) -> Cloud:
    return Cloud(store)


def test_the_fixture_refuses_writes(cloud: Cloud) -> None:
    """As the real one would: without this, the tests below could not fail."""
    with pytest.raises(PermissionError):
        acknowledge("jack", "igor", 1, cloud.relay.store.log, NOW)
    with pytest.raises(PermissionError):
        cloud.relay.store.handshakes.use("a", NOW, NOW)


@pytest.mark.parametrize(
    "path",
    [
        "/relay",
        "/relay?format=xml&cursor=1",
        "/relay?days=1",
        "/relay/events",
        "/relay/events?after=1&limit=1",
        "/relay/events?reader=script&wait=0",
        "/relay/events?after=3&wait=1",
        "/relay/events?after=9",
        "/relay/ack?cursor=3",
    ],
)
def test_whoever_has_the_key_is_answered_without_a_write(cloud: Cloud, path: str) -> None:
    written = cloud.store.meter.writes if isinstance(cloud.store, FirestoreStore) else 0

    answer = cloud.ask(path)

    assert answer.status_code == 200, answer.get_data()
    if isinstance(cloud.store, FirestoreStore):
        assert cloud.store.meter.writes == written


def test_a_program_learns_that_its_acknowledgement_is_handed_on(cloud: Cloud) -> None:
    words = {"user": "jack", "reader": "script", "cursor": "2"}
    bearer = {"Authorization": f"Bearer {cloud.key}"}

    for _ in range(2):
        answer = answer_of(
            relay.view, cloud.relay, "/relay/ack", "POST", json=words, headers=bearer
        )
        assert (answer.status_code, answer.get_json()) == (202, words | {"cursor": 2})
    assert cloud.cursor("script") == 0
    (task,) = cloud.queue.tasks
    assert cloud.key not in str(task)

    done = cloud.carry_out(task)

    assert (done.status_code, done.get_json()) == (200, words | {"cursor": 2})
    assert cloud.cursor("script") == 2


def test_igor_is_answered_200_because_anything_else_is_a_failure_to_it(cloud: Cloud) -> None:
    answer = cloud.ask("/relay/ack?cursor=3")

    assert (answer.status_code, answer.get_json()["cursor"]) == (200, 3)
    (task,) = cloud.queue.tasks
    cloud.carry_out(task)
    assert cloud.cursor() == 3


def test_what_is_noted_already_makes_no_task_and_never_goes_back(cloud: Cloud) -> None:
    acknowledge("jack", "igor", 2, cloud.store.log, NOW)

    for number in (1, 2):
        assert cloud.ask(f"/relay/ack?cursor={number}").get_json()["cursor"] == 2

    assert cloud.queue.tasks == []


def test_tasks_that_overtake_each_other_end_with_the_newest(cloud: Cloud) -> None:
    for number in (1, 3):
        cloud.ask(f"/relay/ack?cursor={number}")

    for task in reversed(cloud.queue.tasks):
        assert cloud.carry_out(task).status_code == 200

    assert cloud.cursor() == 3


@pytest.mark.parametrize("query", ["cursor=4", "cursor=x", "reader=../x&cursor=1", "reader=one"])
def test_what_cannot_be_is_refused_before_it_is_handed_on(cloud: Cloud, query: str) -> None:
    answer = cloud.ask(f"/relay/ack?{query}")

    assert (answer.status_code, cloud.queue.tasks) == (400, [])


def test_neither_without_the_key_nor_beyond_the_number_of_readers(cloud: Cloud) -> None:
    assert cloud.ask("/relay/ack?cursor=1", key="x").status_code == 401
    for number in range(MAX_READERS):
        acknowledge("jack", f"r{number}", 1, cloud.store.log, NOW)

    answer = cloud.ask("/relay/ack?cursor=1&reader=another")

    assert (answer.status_code, cloud.queue.tasks) == (409, [])


def test_a_queue_that_is_away_is_no_acknowledgement(cloud: Cloud) -> None:
    cloud.queue.trouble = TryLater("Cloud Tasks could not be reached.")

    answer = cloud.ask("/relay/ack?cursor=1")

    assert answer.status_code == 503


@pytest.mark.parametrize(
    ("user", "sequence"), [("nobody", "1"), ("jack", "99")], ids=["removed", "made again"]
)
def test_what_is_true_no_more_when_it_is_run_is_not_repeated(
    cloud: Cloud, user: str, sequence: str
) -> None:
    task = Task("deliver", user, "x", params=(("reader", "igor"), ("cursor", sequence)))

    assert cloud.carry_out(task).status_code == 200
    assert cloud.store.log.following("jack").targets == {}


def test_deliver_takes_it_from_its_invoker_alone(cloud: Cloud) -> None:
    words = {"user": "jack", "reader": "igor", "cursor": "1"}
    answer = answer_of(deliver.view, Deployed(cloud.store, None), "/deliver", "POST", data=words)

    assert (answer.status_code, cloud.cursor()) == (401, 0)


def test_on_one_machine_it_is_written_at_once(cloud: Cloud) -> None:
    words = {"user": "jack", "cursor": "2"}
    path = f"/relay/ack?key={cloud.key}"
    answer = answer_of(relay.view, Deployed(cloud.store, None), path, "POST", data=words)

    assert (answer.status_code, cloud.cursor()) == (200, 2)
