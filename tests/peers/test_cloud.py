"""The stand-ins of the cloud refuse and repeat what the real ones do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import requests
from google.cloud import tasks_v2
from google.cloud.tasks_v2.types import task as task_types
from google.protobuf.timestamp_pb2 import Timestamp

from tests.igor.certificates import self_signed
from tests.peers.cloud.identity import Identity
from tests.peers.cloud.tasks import HOST, CloudTasks, Limits

QUEUE = "projects/p/locations/europe-west1/queues/healthrelay"
FETCH = "fetch@p.iam.gserviceaccount.com"
INVOKER = "invoker@p.iam.gserviceaccount.com"
LIMITS = Limits(attempts=3, least=10, most=300, doublings=4, at_once=2, hurry=100)

Create = Callable[..., grpc.StatusCode]


class Functions:
    """Whoever is called; answers *says*, one after the other, then 200."""

    def __init__(self) -> None:
        self.says: list[int] = []
        self.calls: list[tuple[float, str, str, dict[str, str]]] = []

    def __call__(self, method: str, url: str, **more: Any) -> requests.Response:
        self.calls.append((time.time(), method, url, more["headers"]))
        answer = requests.Response()
        answer.status_code = self.says.pop(0) if self.says else 200
        return answer


@pytest.fixture
def identity() -> Identity:
    return Identity()


@pytest.fixture
def functions() -> Functions:
    return Functions()


@pytest.fixture
def pem(tmp_path: Path) -> tuple[bytes, bytes]:
    """A key, and its certificate."""
    key, mark, certificate = self_signed(tmp_path, HOST).read_text().partition("-----BEGIN CERT")
    return key.encode(), (mark + certificate).encode()


@pytest.fixture
def cloud_tasks(
    identity: Identity, functions: Functions, pem: tuple[bytes, bytes]
) -> Iterator[CloudTasks]:
    made = CloudTasks(QUEUE, LIMITS, {FETCH}, identity, functions)
    made.listen(*pem)
    with made as running:
        yield running


@pytest.fixture
def create(
    cloud_tasks: CloudTasks, identity: Identity, pem: tuple[bytes, bytes]
) -> Iterator[Create]:
    """Ask for a task as Google's client does; the status of the answer."""
    options = [("grpc.ssl_target_name_override", HOST)]
    credentials = grpc.ssl_channel_credentials(pem[1])
    at_port = f"127.0.0.1:{cloud_tasks.port}"
    with grpc.secure_channel(at_port, credentials, options) as channel:
        call = channel.unary_unary(
            "/google.cloud.tasks.v2.CloudTasks/CreateTask",
            request_serializer=tasks_v2.CreateTaskRequest.serialize,
            response_deserializer=task_types.Task.deserialize,
        )

        def ask(name: str, email: str = FETCH, at: float | None = None) -> grpc.StatusCode:
            task = tasks_v2.Task(
                name=f"{QUEUE}/tasks/{name}",
                schedule_time=Timestamp(seconds=int(at), nanos=int(at % 1 * 1e9)) if at else None,
                http_request=tasks_v2.HttpRequest(
                    url="https://functions.example/fetch",
                    body=b"user=jack",
                    oidc_token=tasks_v2.OidcToken(service_account_email=INVOKER),
                ),
            )
            request = tasks_v2.CreateTaskRequest(parent=QUEUE, task=task)
            bearer = [("authorization", f"Bearer {identity.access(email)}")]
            try:
                call(request, metadata=bearer, timeout=30)
            except grpc.RpcError as error:
                return error.code()
            return grpc.StatusCode.OK

        yield ask


def test_a_name_is_taken_once_also_after_its_task_has_run(
    create: Create, cloud_tasks: CloudTasks
) -> None:
    assert create("one") == grpc.StatusCode.OK
    cloud_tasks.until(lambda: len(cloud_tasks.tries) == 1)

    assert create("one") == grpc.StatusCode.ALREADY_EXISTS
    assert (cloud_tasks.created, cloud_tasks.known) == (["one"], ["one"])


def test_only_who_may_enqueue_does_and_only_what_is_a_task(create: Create) -> None:
    assert create("one", INVOKER) == grpc.StatusCode.PERMISSION_DENIED
    assert create("a.name") == grpc.StatusCode.INVALID_ARGUMENT
    assert create("far", at=time.time() + 31 * 86_400) == grpc.StatusCode.INVALID_ARGUMENT


def test_a_task_waits_for_its_time_and_delays_no_other(
    create: Create, cloud_tasks: CloudTasks, functions: Functions
) -> None:
    at = time.time() + 1.0
    create("later", at=at)
    create("now")
    cloud_tasks.until(lambda: len(cloud_tasks.tries) == 2)

    assert [one.name for one in cloud_tasks.tries] == ["now", "later"]
    assert functions.calls[1][0] >= at
    assert float(functions.calls[1][3]["X-CloudTasks-TaskETA"]) == pytest.approx(at, abs=0.01)


def test_a_failure_comes_again_until_the_queue_gives_up(
    create: Create, cloud_tasks: CloudTasks, functions: Functions, identity: Identity
) -> None:
    functions.says = [500, 503, 404]
    create("one")
    cloud_tasks.until(lambda: cloud_tasks.dropped == ["one"])

    assert [one.status for one in cloud_tasks.tries] == [500, 503, 404]
    counted = [headers["X-CloudTasks-TaskRetryCount"] for *_, headers in functions.calls]
    assert counted == ["0", "1", "2"]
    token = functions.calls[0][3]["Authorization"].removeprefix("Bearer ")
    assert identity.reads(token, "https://functions.example/fetch") == INVOKER
    assert LIMITS._replace(hurry=1).wait(1) == 10
    assert [LIMITS._replace(hurry=1).wait(tries) for tries in (2, 5, 6, 9)] == [20, 160, 300, 300]
