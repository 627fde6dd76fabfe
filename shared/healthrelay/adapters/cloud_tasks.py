"""Cloud Tasks: each task is a POST to the function of its name, with an identity token.

Importing this loads google-cloud-tasks (more than a second); assembly does it when a task is to
be enqueued. What we rely on, from the API's own reference (`CreateTaskRequest`, `HttpRequest`):

- a name is refused with ALREADY_EXISTS while its task waits or runs, and for about an hour after;
- any answer but 2xx is tried again as the queue's settings say; 429 and 503 slow the queue down;
- a task without a time, or with one in the past, runs at once.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlencode

import grpc
from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from healthrelay.core.delivery.tasks import Task
from healthrelay.core.errors import Misconfigured, TryLater

ENQUEUE_TIMEOUT_SECONDS = 5.0
"""For one task, with all its tries; the client itself would go on for much longer."""
_REFUSED_FOR_NOW = (exceptions.TooManyRequests, exceptions.Cancelled, exceptions.Aborted)
_PASSING = (exceptions.RetryError, exceptions.ServerError, *_REFUSED_FOR_NOW)
_SETTINGS = ("HEALTHRELAY_TASKS_QUEUE", "HEALTHRELAY_TASKS_ACCOUNT")


class CloudTasksQueue:
    """Satisfies `ports.peers.Queue`. *queue* is its full name, *address* that of each function,
    *account* the one the identity token names; *channel* leads to another server than Google's."""

    dedup_window = timedelta(hours=1)

    def __init__(
        self,
        queue: str,
        address: Callable[[str], str],
        account: str,
        channel: grpc.Channel | None = None,
    ) -> None:
        self._queue = queue
        self._address = address
        self._account = account
        self._channel = channel
        self._lock = threading.Lock()
        self._client: tasks_v2.CloudTasksClient | None = None
        self._retry = Retry(
            predicate=if_exception_type(exceptions.ServiceUnavailable),
            initial=0.1,
            maximum=1.0,
            timeout=ENQUEUE_TIMEOUT_SECONDS,
        )

    def enqueue(self, task: Task) -> bool:
        """One call; tried again only while the service is away."""
        request = tasks_v2.CreateTaskRequest(parent=self._queue, task=self._as_request(task))
        seconds = ENQUEUE_TIMEOUT_SECONDS
        with _translate_errors():
            try:
                self._get_client().create_task(request, retry=self._retry, timeout=seconds)
            except exceptions.AlreadyExists:
                return False
        return True

    def _as_request(self, task: Task) -> tasks_v2.Task:
        url = self._address(task.function)
        token = tasks_v2.OidcToken(service_account_email=self._account, audience=url)
        return tasks_v2.Task(
            name=f"{self._queue}/tasks/{task.name}",
            schedule_time=task.at,
            http_request=tasks_v2.HttpRequest(
                url=url,
                http_method=tasks_v2.HttpMethod.POST,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                body=urlencode([("user", task.user), *task.params]).encode(),
                oidc_token=token,
            ),
        )

    def _get_client(self) -> tasks_v2.CloudTasksClient:
        with self._lock:
            if self._client is None:
                transport = CloudTasksGrpcTransport(channel=self._channel)
                self._client = tasks_v2.CloudTasksClient(transport=transport)
            return self._client


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Name who must act. Google's own words stay in the cause."""
    try:
        yield
    except (exceptions.GoogleAPIError, GoogleAuthError) as error:
        kind = type(error).__name__
        if isinstance(error, _PASSING):
            raise TryLater(f"Cloud Tasks could not be reached ({kind}).") from error
        raise Misconfigured(
            f"Cloud Tasks refuses us ({kind}): look at the queue, the account and their rights.",
            _SETTINGS,
        ) from error
