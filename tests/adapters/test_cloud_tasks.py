"""Cloud Tasks, over Google's own client, against a gRPC server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.cloud import tasks_v2
from google.cloud.tasks_v2.types import task as task_types

from healthrelay.adapters.cloud_tasks import CloudTasksQueue
from healthrelay.adapters.http import Http
from healthrelay.adapters.igor import Credential, IgorTarget
from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.delivery.tasks import Task, acknowledgement
from healthrelay.core.errors import HealthrelayError, Misconfigured, TryLater
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.flows.delivery.deliver import deliver
from tests.flows.delivery.fakes import context_of

QUEUE = "projects/p/locations/europe-west4/queues/healthrelay"
ACCOUNT = "tasks@p.iam.gserviceaccount.com"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


class FakeTasks:
    """Keeps what was created; refuses a name it knows."""

    def __init__(self) -> None:
        self.kept: dict[str, tasks_v2.Task] = {}
        self.calls = 0
        self.fails: list[grpc.StatusCode] = []

    def create(self, request: tasks_v2.CreateTaskRequest, context: Any) -> tasks_v2.Task:
        self.calls += 1
        if self.fails:
            context.abort(self.fails.pop(0), "a text that quotes the request")
        if request.task.name in self.kept:
            context.abort(grpc.StatusCode.ALREADY_EXISTS, "task exists")
        assert request.parent == QUEUE
        self.kept[request.task.name] = request.task
        return request.task


@pytest.fixture
def fake() -> FakeTasks:
    return FakeTasks()


@pytest.fixture
def queue(fake: FakeTasks) -> Iterator[CloudTasksQueue]:
    server = grpc.server(ThreadPoolExecutor(4))
    create = grpc.unary_unary_rpc_method_handler(
        fake.create,
        request_deserializer=tasks_v2.CreateTaskRequest.deserialize,
        response_serializer=task_types.Task.serialize,
    )
    service = grpc.method_handlers_generic_handler(
        "google.cloud.tasks.v2.CloudTasks", {"CreateTask": create}
    )
    server.add_generic_rpc_handlers([service])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield CloudTasksQueue(QUEUE, "https://relay.example/{}".format, ACCOUNT, channel=channel)
    server.stop(None)


def test_task_is_a_post_with_an_identity_token(fake: FakeTasks, queue: CloudTasksQueue) -> None:
    at = NOW + timedelta(minutes=7)

    assert queue.enqueue(Task("fetch", "jack", "0a-fetch-36000-1", at))

    (kept,) = fake.kept.values()
    request = kept.http_request
    assert kept.name == f"{QUEUE}/tasks/0a-fetch-36000-1"
    assert kept.schedule_time.replace(tzinfo=UTC) == at
    assert (request.url, request.body) == ("https://relay.example/fetch", b"user=jack")
    assert request.http_method == tasks_v2.HttpMethod.POST
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.oidc_token.service_account_email == ACCOUNT
    assert request.oidc_token.audience == "https://relay.example/fetch"


def test_a_delivery_that_failed_is_a_task_for_the_instant_of_the_next_attempt(
    fake: FakeTasks, queue: CloudTasksQueue
) -> None:
    """From the attempt itself to the call to Cloud Tasks; made again, it is nothing new."""
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    record = Record("body-weight", "2026-11-01", "2026-11-01", {"dateTime": "2026-11-01"})
    store.records.apply("jack", Delta(added=(record,)), NOW)
    igor = IgorTarget("http://127.0.0.1:9", "sensors/fitbit", Credential, Http())
    context = context_of(store, shared=[igor], now=lambda: NOW, jitter=lambda: 0.5, retries=queue)

    for _ in range(2):
        deliver("jack", context)

    (kept,) = fake.kept.values()
    assert fake.calls == 2
    assert kept.schedule_time.replace(tzinfo=UTC) == NOW + timedelta(seconds=5.25)
    assert kept.name.endswith("-retry-20261101T120005-250000")
    request = kept.http_request
    assert (request.url, request.body) == ("https://relay.example/deliver", b"user=jack")


def test_params_beside_the_user_are_in_the_body(fake: FakeTasks, queue: CloudTasksQueue) -> None:
    queue.enqueue(acknowledgement("jack", "node-red", 21))

    (kept,) = fake.kept.values()
    assert kept.http_request.url == "https://relay.example/deliver"
    assert kept.http_request.body == b"user=jack&reader=node-red&cursor=21"


def test_a_name_that_is_known_is_no_new_task(fake: FakeTasks, queue: CloudTasksQueue) -> None:
    task = Task("fetch", "jack", "0a-fetch-36000-1")

    assert [queue.enqueue(task), queue.enqueue(task)] == [True, False]


def test_service_that_is_away_for_a_moment_is_tried_again(
    fake: FakeTasks, queue: CloudTasksQueue
) -> None:
    fake.fails = [grpc.StatusCode.UNAVAILABLE]

    assert queue.enqueue(Task("fetch", "jack", "one"))
    assert fake.calls == 2


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (grpc.StatusCode.INTERNAL, TryLater),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, TryLater),
        (grpc.StatusCode.PERMISSION_DENIED, Misconfigured),
        (grpc.StatusCode.NOT_FOUND, Misconfigured),
        (grpc.StatusCode.INVALID_ARGUMENT, Misconfigured),
    ],
)
def test_who_must_act_is_named_without_googles_words(
    fake: FakeTasks, queue: CloudTasksQueue, code: grpc.StatusCode, error: type[HealthrelayError]
) -> None:
    fake.fails = [code]

    with pytest.raises(error) as caught:
        queue.enqueue(Task("fetch", "jack", "one"))

    assert "quotes" not in caught.value.sentence
    assert queue.enqueue(Task("fetch", "jack", "one"))
