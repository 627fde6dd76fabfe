"""The only module that uses google-cloud-firestore; importing it loads that client (0.3 s).

So nobody imports it at the top: see `FirestoreDatabase`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from healthrelay.adapters.firestore.documents import CommitConflict, Listing, StoredDocument, Write
from healthrelay.core.errors import HealthrelayError, Misconfigured, TryLater

# Aborted and AlreadyExists are both a Conflict.
_CONFLICTS = (exceptions.NotFound, exceptions.FailedPrecondition, exceptions.Conflict)
_TRANSIENT = (
    exceptions.RetryError,
    exceptions.ServerError,
    exceptions.TooManyRequests,
    exceptions.Cancelled,
    exceptions.Conflict,
)
_NAME = "__name__"
PROJECT_SETTINGS = ("GOOGLE_CLOUD_PROJECT", "GOOGLE_APPLICATION_CREDENTIALS")


class FirestoreClient:
    """A client, and what its exceptions mean. Every call ends after *timeout_seconds*.

    The client's own limit is 300 seconds of retries, longer than a function runs.
    """

    def __init__(self, project: str | None, database: str | None, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._retry = Retry(
            predicate=if_exception_type(exceptions.ServiceUnavailable),
            initial=0.1,
            maximum=1.0,
            timeout=timeout_seconds,
        )
        try:
            self._client = firestore.Client(project=project, database=database)
        except (GoogleAuthError, OSError) as error:
            raise Misconfigured(
                f"Firestore has no project or no credentials ({type(error).__name__}).",
                PROJECT_SETTINGS,
            ) from error

    def get(self, paths: Iterable[str]) -> dict[str, StoredDocument]:
        """Return the documents at *paths* that exist, all as they were at one instant."""
        references = [self._client.document(path) for path in paths]
        with _translate_errors():
            return {
                snapshot.reference.path: _to_document(snapshot)
                for snapshot in self._client.get_all(
                    references, retry=self._retry, timeout=self._timeout_seconds
                )
                if snapshot.exists
            }

    def listing(self, listing: Listing) -> list[StoredDocument]:
        """Return the existing documents of a collection, ordered by id, all at one instant."""
        collection = self._client.collection(listing.collection)
        query = collection.order_by(_NAME)
        for bound, operator in ((listing.first, ">="), (listing.end, "<"), (listing.after, ">")):
            if bound:
                query = query.where(filter=FieldFilter(_NAME, operator, collection.document(bound)))
        if listing.fields:
            query = query.select(listing.fields)
        if listing.limit:
            query = query.limit(listing.limit)
        with _translate_errors():
            stream = query.stream(retry=self._retry, timeout=self._timeout_seconds)
            return [_to_document(snapshot) for snapshot in stream]

    def commit(self, writes: Iterable[Write]) -> None:
        """Write all or nothing. Raise `CommitConflict` when a document was not as expected."""
        batch = self._client.batch()
        for write in writes:
            _add(batch, self._client, write)
        try:
            with _translate_errors():
                batch.commit(retry=self._retry, timeout=self._timeout_seconds)
        except HealthrelayError as error:
            if isinstance(error.__cause__, _CONFLICTS):
                raise CommitConflict from error
            raise

    def close(self) -> None:
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


def _to_document(snapshot: firestore.DocumentSnapshot[Any]) -> StoredDocument:
    fields, path = snapshot.to_dict() or {}, snapshot.reference.path
    return StoredDocument(path, fields, snapshot.update_time, snapshot.create_time)


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Name who must act. Google's own text stays in the cause: it may quote a document."""
    try:
        yield
    except (exceptions.GoogleAPIError, GoogleAuthError) as error:
        kind = type(error).__name__
        if isinstance(error, _TRANSIENT):
            raise TryLater(f"Firestore could not be reached ({kind}).") from error
        raise Misconfigured(
            f"Firestore refused ({kind}). Check the project, the database and the access rights.",
            PROJECT_SETTINGS,
        ) from error
