"""Cloud Tasks: takes tasks over gRPC as the real one does, and calls who they are for.

What it keeps to (cloud.google.com/tasks/docs/reference/rpc/google.cloud.tasks.v2): a name is taken
once, also after its task has run; a task waits for its time; whoever asks needs the right to
enqueue, and to have tokens of the account that the task names; each call carries such a token and
says which task and try it is; any answer but 2xx comes again, as the queue's limits say.
"""

from __future__ import annotations

import heapq
import itertools
import re
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from typing import Any, NamedTuple

import grpc
import requests
from google.cloud import tasks_v2
from google.cloud.tasks_v2.types import task as task_types

from tests.peers.cloud.identity import Identity
from tests.peers.running import Running

HOST = "cloudtasks.googleapis.com"
_SECONDS = 60
_FARTHEST = 30 * 24 * 3600


class Limits(NamedTuple):
    """What a queue allows; *hurry* makes its waits between tries so much shorter."""

    attempts: int
    least: float
    most: float
    doublings: int
    at_once: int
    hurry: float = 1.0

    def wait(self, tries: int) -> float:
        """Seconds until the next try, after so many."""
        doubled = min(tries - 1, self.doublings)
        wait: float = self.least * 2**doubled
        wait += max(tries - 1 - self.doublings, 0) * self.least * 2**self.doublings
        return min(wait, self.most) / self.hurry


class Try(NamedTuple):
    """One call that was made for a task, *at* seconds; no *status* where no answer came."""

    at: float
    name: str
    url: str
    body: str
    status: int | None


class CloudTasks(Running):
    """One queue; *enqueuers* may put into it, *send* makes the calls."""

    def __init__(
        self,
        queue: str,
        limits: Limits,
        enqueuers: set[str],
        identity: Identity,
        send: Callable[..., requests.Response],
    ) -> None:
        self.tries: list[Try] = []
        self.created: list[str] = []
        self.dropped: list[str] = []
        self.known: list[str] = []
        """Names that were refused, for a task of theirs was there before."""
        self.port = 0
        self.hold: Callable[[], None] = lambda: None
        """Called before a task is taken."""
        self._queue = queue
        self._limits = limits
        self._enqueuers = enqueuers
        self._identity = identity
        self._send = send
        self._names: set[str] = set()
        self._waiting: list[tuple[float, int, int, tasks_v2.Task]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._pool = ThreadPoolExecutor(limits.at_once)
        self._server = grpc.server(ThreadPoolExecutor(8))
        self._server.add_generic_rpc_handlers([self._service()])

    def listen(self, key: bytes, certificate: bytes) -> int:
        """Take a port, over TLS, before the start; returns it."""
        credentials = grpc.ssl_server_credentials([(key, certificate)])
        self.port = int(self._server.add_secure_port("127.0.0.1:0", credentials))
        return self.port

    def start(self) -> None:
        self._server.start()
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._server.stop(None).wait()
        self._pool.shutdown(cancel_futures=True)

    def until(self, true: Callable[[], bool], seconds: float = 120) -> None:
        """Wait until something is *true* of what happened here."""
        with self._changed:
            if not self._changed.wait_for(true, seconds):
                raise TimeoutError(f"it never came to that: {self.tries}")

    def _service(self) -> grpc.GenericRpcHandler:
        create = grpc.unary_unary_rpc_method_handler(
            self._create,
            request_deserializer=tasks_v2.CreateTaskRequest.deserialize,
            response_serializer=task_types.Task.serialize,
        )
        return grpc.method_handlers_generic_handler(
            "google.cloud.tasks.v2.CloudTasks", {"CreateTask": create}
        )

    def _create(self, request: tasks_v2.CreateTaskRequest, context: Any) -> tasks_v2.Task:
        told: Mapping[str, str] = dict(context.invocation_metadata())
        asks = self._identity.asks(told.get("authorization", "").removeprefix("Bearer "))
        if not asks:
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "no valid access token")
        if asks not in self._enqueuers or request.parent != self._queue:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, f"{asks} may not enqueue there")
        if wrong := _wrong(request, self._queue):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, wrong)
        self.hold()
        with self._changed:
            if request.task.name in self._names:
                self.known.append(_short(request.task))
                context.abort(grpc.StatusCode.ALREADY_EXISTS, "a task of that name existed")
            self._names.add(request.task.name)
            self.created.append(_short(request.task))
            self._put(_time(request.task) or time.time(), 0, request.task)
        return request.task

    def _put(self, when: float, tries: int, task: tasks_v2.Task) -> None:
        heapq.heappush(self._waiting, (when, next(self._order), tries, task))
        self._changed.notify_all()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.time()
                if self._waiting and self._waiting[0][0] <= now:
                    _, _, tries, task = heapq.heappop(self._waiting)
                    self._pool.submit(self._call, task, tries)
                else:
                    until = self._waiting[0][0] - now if self._waiting else None
                    self._changed.wait(until)

    def _call(self, task: tasks_v2.Task, tries: int) -> None:
        asked = task.http_request
        began = time.time()
        token = self._identity.token(
            asked.oidc_token.service_account_email, asked.oidc_token.audience or asked.url
        )
        headers = {
            **asked.headers,
            "Authorization": f"Bearer {token}",
            "User-Agent": "Google-Cloud-Tasks",
            "X-CloudTasks-QueueName": self._queue.rpartition("/")[2],
            "X-CloudTasks-TaskName": _short(task),
            "X-CloudTasks-TaskRetryCount": str(tries),
            "X-CloudTasks-TaskExecutionCount": str(tries),
            "X-CloudTasks-TaskETA": str(_time(task) or time.time()),
        }
        try:
            method = tasks_v2.HttpMethod(asked.http_method).name
            answer = self._send(method, asked.url, data=asked.body, headers=headers)
            status = answer.status_code
        except requests.RequestException:
            status = None
        with self._changed:
            self.tries.append(Try(began, _short(task), asked.url, asked.body.decode(), status))
            if status is None or not 200 <= status < 300:
                if tries + 1 < self._limits.attempts:
                    self._put(time.time() + self._limits.wait(tries + 1), tries + 1, task)
                else:
                    self.dropped.append(_short(task))
            self._changed.notify_all()


def _short(task: tasks_v2.Task) -> str:
    return str(task.name.rpartition("/")[2])


def _time(task: tasks_v2.Task) -> float | None:
    if "schedule_time" not in task:
        return None
    return float(task.schedule_time.replace(tzinfo=UTC).timestamp())


def _wrong(request: tasks_v2.CreateTaskRequest, queue: str) -> str:
    """What the real one would not take in *request*, if anything."""
    task, asked = request.task, request.task.http_request
    if not re.fullmatch(rf"{re.escape(queue)}/tasks/[A-Za-z0-9_-]{{1,500}}", task.name):
        return "the name of the task"
    if not asked.url.startswith("https://") or not asked.oidc_token.service_account_email:
        return "where the task goes, or as whom"
    if (_time(task) or 0) > time.time() + _FARTHEST:
        return "the time of the task is too far away"
    return ""
