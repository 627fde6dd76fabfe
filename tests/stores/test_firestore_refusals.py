"""A Firestore that does not answer, or not as we would like: who must act, and how soon."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from subprocess import run

import pytest

from healthrelay.adapters.firestore.store import CALL_TIMEOUT_SECONDS, FirestoreStore
from healthrelay.core.errors import HealthrelayError, Misconfigured, TryLater
from healthrelay.ports.store import Store
from tests.stores.contract import DOCUMENT, NOW

pytestmark = pytest.mark.peer

CALLS: dict[str, Callable[[Store], object]] = {
    "read": lambda store: store.tokens.load("jack"),
    "list": lambda store: store.identities.names(),
    "write": lambda store: store.identities.save_application({"client_secret": "hidden"}, {}),
    "read and write": lambda store: store.tokens.save("jack", DOCUMENT, 0),
    "remove": lambda store: store.identities.remove("jack"),
    "use": lambda store: store.handshakes.use("hidden", NOW, NOW),
}


@pytest.fixture
def port() -> Iterator[socket.socket]:
    """A port of ours on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held


@pytest.fixture
def store(port: socket.socket, monkeypatch: pytest.MonkeyPatch) -> Iterator[FirestoreStore]:
    """A store that believes to find Firestore there."""
    pytest.importorskip("google.cloud.firestore")
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "{}:{}".format(*port.getsockname()))
    store = FirestoreStore("demo-nowhere")
    yield store
    store.close()


def seconds_until_error(store: Store, call: Callable[[Store], object]) -> float:
    start = time.monotonic()
    with pytest.raises(TryLater, match="could not be reached"):
        call(store)
    return time.monotonic() - start


@pytest.mark.parametrize("host", ["closed", "silent"])
def test_dead_host_is_reported_within_five_seconds(
    store: FirestoreStore, port: socket.socket, host: str
) -> None:
    if host == "silent":
        port.listen()  # takes connections and never answers

    with ThreadPoolExecutor(len(CALLS)) as pool:
        seconds = pool.map(lambda call: seconds_until_error(store, call), CALLS.values())

    assert CALL_TIMEOUT_SECONDS < 5
    assert max(seconds) < 2 * CALL_TIMEOUT_SECONDS  # no call waits twice


def test_less_patience_ends_sooner(store: FirestoreStore) -> None:
    hasty = FirestoreStore("demo-nowhere", timeout_seconds=0.5)

    assert seconds_until_error(hasty, CALLS["read"]) < CALL_TIMEOUT_SECONDS


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], FirestoreStore]]:
    """A Firestore that answers every question with the same gRPC status."""
    grpc = pytest.importorskip("grpc")
    server = grpc.server(ThreadPoolExecutor(2))
    monkeypatch.setenv(
        "FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    )

    def refuse_with(code: str) -> FirestoreStore:
        def refuse(_: bytes, context: object) -> bytes:
            return context.abort(getattr(grpc.StatusCode, code), "hidden")  # type: ignore[attr-defined]

        kinds = {
            "Commit": grpc.unary_unary_rpc_method_handler,
            "RunQuery": grpc.unary_stream_rpc_method_handler,
            "BatchGetDocuments": grpc.unary_stream_rpc_method_handler,
        }
        methods = {name: kind(refuse) for name, kind in kinds.items()}
        service = grpc.method_handlers_generic_handler("google.firestore.v1.Firestore", methods)
        server.add_generic_rpc_handlers((service,))
        server.start()
        return FirestoreStore("demo-refused")

    yield refuse_with
    server.stop(None)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("PERMISSION_DENIED", Misconfigured),
        ("UNAUTHENTICATED", Misconfigured),
        ("NOT_FOUND", Misconfigured),  # the database
        ("FAILED_PRECONDITION", Misconfigured),  # a database in Datastore mode
        ("INVALID_ARGUMENT", Misconfigured),
        ("RESOURCE_EXHAUSTED", TryLater),
        ("DEADLINE_EXCEEDED", TryLater),
        ("INTERNAL", TryLater),
        ("UNKNOWN", TryLater),
        ("ABORTED", TryLater),
        ("CANCELLED", TryLater),
    ],
)
def test_refusal_names_who_must_act_and_quotes_nothing(
    refusing: Callable[[str], FirestoreStore], code: str, error: type[HealthrelayError]
) -> None:
    store = refusing(code)

    for question in ("read", "list"):
        with pytest.raises(error) as caught:
            CALLS[question](store)
        assert "hidden" not in str(caught.value)
        assert "Firestore" in str(caught.value)


def test_refused_write_says_so_too(refusing: Callable[[str], FirestoreStore]) -> None:
    with pytest.raises(Misconfigured) as caught:
        CALLS["write"](refusing("PERMISSION_DENIED"))

    assert "hidden" not in str(caught.value)
    assert "GOOGLE_CLOUD_PROJECT" in caught.value.names


def test_no_credentials_name_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    pytest.importorskip("google.cloud.firestore")
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", f"{tmp_path}/none.json")

    with pytest.raises(Misconfigured, match="no credentials") as caught:
        FirestoreStore("demo-none").identities.names()

    assert "GOOGLE_APPLICATION_CREDENTIALS" in caught.value.names


def test_client_is_loaded_by_the_first_use_or_by_warming() -> None:
    pytest.importorskip("google.cloud.firestore")
    lines = (
        "import os, sys, time, threading",
        "os.environ['FIRESTORE_EMULATOR_HOST'] = '127.0.0.1:9'",
        "from healthrelay.adapters.firestore.store import FirestoreStore",
        "store = FirestoreStore('demo-warm')",
        "assert store.tokens and store.records and 'grpc' not in sys.modules",
        "store.warm()",
        "[thread.join() for thread in threading.enumerate() if thread.name == 'firestore']",
        "assert 'google.cloud.firestore' in sys.modules",
    )

    done = run([sys.executable, "-c", "\n".join(lines)], capture_output=True, timeout=60)

    assert done.returncode == 0, done.stderr.decode()
