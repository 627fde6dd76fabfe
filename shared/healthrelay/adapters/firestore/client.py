"""The one file that speaks google-cloud-firestore; importing it loads that client (0.3 s).

Hence nobody imports it at the top: see `Database`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from healthrelay.adapters.firestore.documents import Changed, Found, Listing, Write
from healthrelay.core.errors import HealthrelayError, Misconfigured, TryLater

# Aborted and AlreadyExists are both a Conflict.
_CHANGED = (exceptions.NotFound, exceptions.FailedPrecondition, exceptions.Conflict)
_PASSING = (
    exceptions.RetryError,
    exceptions.ServerError,
    exceptions.TooManyRequests,
    exceptions.Cancelled,
    exceptions.Conflict,
)
_NAME = "__name__"
PROJECT_SETTINGS = ("GOOGLE_CLOUD_PROJECT", "GOOGLE_APPLICATION_CREDENTIALS")


class Wire:
    """A client, and what its exceptions mean. Every call ends after *patience* seconds.

    The client's own limit is 300 seconds of trying again, longer than a function lives.
    """

    def __init__(self, project: str | None, database: str | None, patience: float) -> None:
        self._patience = patience
        self._retry = Retry(
            predicate=if_exception_type(exceptions.ServiceUnavailable),
            initial=0.1,
            maximum=1.0,
            timeout=patience,
        )
        try:
            self._client = firestore.Client(project=project, database=database)
        except (GoogleAuthError, OSError) as error:
            raise Misconfigured(
                f"Firestore has no project or no credentials ({type(error).__name__}).",
                PROJECT_SETTINGS,
            ) from error

    def get(self, paths: Iterable[str]) -> dict[str, Found]:
        """The documents at *paths* that exist, all as they were at one instant."""
        references = [self._client.document(path) for path in paths]
        with _translated():
            return {
                snapshot.reference.path: _found(snapshot)
                for snapshot in self._client.get_all(
                    references, retry=self._retry, timeout=self._patience
                )
                if snapshot.exists
            }

    def listing(self, wanted: Listing) -> list[Found]:
        """The documents of a collection that exist, ordered by id, as they were at one instant."""
        collection = self._client.collection(wanted.collection)
        query = collection.order_by(_NAME)
        for bound, operator in ((wanted.first, ">="), (wanted.end, "<"), (wanted.after, ">")):
            if bound:
                query = query.where(filter=FieldFilter(_NAME, operator, collection.document(bound)))
        if wanted.fields:
            query = query.select(wanted.fields)
        if wanted.limit:
            query = query.limit(wanted.limit)
        with _translated():
            stream = query.stream(retry=self._retry, timeout=self._patience)
            return [_found(snapshot) for snapshot in stream]

    def commit(self, writes: Iterable[Write]) -> None:
        """Land all *writes* or none. Raises `Changed` when a document was not as expected."""
        batch = self._client.batch()
        for write in writes:
            _add(batch, self._client, write)
        try:
            with _translated():
                batch.commit(retry=self._retry, timeout=self._patience)
        except HealthrelayError as error:
            if isinstance(error.__cause__, _CHANGED):
                raise Changed from error
            raise

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()  # type: ignore[no-untyped-call]


def _add(batch: firestore.WriteBatch, client: firestore.Client, write: Write) -> None:
    reference = client.document(write.path)
    option = client.write_option(last_update_time=write.since) if write.since else None
    if write.fields is None:
        batch.delete(reference, option=option)
    elif write.new:
        batch.create(reference, dict(write.fields))
    elif option:
        gone = dict.fromkeys(write.gone, firestore.DELETE_FIELD)
        batch.update(reference, {**write.fields, **gone}, option=option)
    else:
        batch.set(reference, dict(write.fields))


def _found(snapshot: firestore.DocumentSnapshot[Any]) -> Found:
    return Found(snapshot.reference.path, snapshot.to_dict() or {}, snapshot.update_time)


@contextmanager
def _translated() -> Iterator[None]:
    """Name who must act. The words of Google stay in the cause: they may quote a document."""
    try:
        yield
    except (exceptions.GoogleAPIError, GoogleAuthError) as error:
        kind = type(error).__name__
        if isinstance(error, _PASSING):
            raise TryLater(f"Firestore could not be reached ({kind}).") from error
        raise Misconfigured(
            f"Firestore refuses us ({kind}): look at the project, the database and its rights.",
            PROJECT_SETTINGS,
        ) from error
