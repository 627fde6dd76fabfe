"""Google's own Firestore emulator, one for all processes of a test run.

    def test_it(make_firestore: MakeFirestore) -> None:
        store = make_firestore()

`gcloud components install cloud-firestore-emulator` brings the jar; FIRESTORE_EMULATOR_JAR
names another. Each test gets a project of its own, and so an empty database.

Its keeper is a process of its own (this file run as a program). Every test process holds a
shared lock; the keeper gets the exclusive one when the last of them has ended, however it
ended, and then stops the emulator.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.peers import install

if TYPE_CHECKING:
    from healthrelay.ports.store import Store
    from tests.peers.emulated import EmulatedStore

MakeFirestore = Callable[..., "EmulatedStore"]
Contents = Callable[[], dict[str, dict[str, Any]]]

_JAR = Path("platform", "cloud-firestore-emulator", "cloud-firestore-emulator.jar")
_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_SECONDS = 60


@pytest.fixture(scope="session")
def firestore_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the emulator listens, `127.0.0.1:23456`."""
    with emulator(install.of_the_run(tmp_path_factory) / "firestore-emulator") as host:
        yield host


@pytest.fixture
def firestore_project(firestore_emulator: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new project on the emulator, to which every client made in this test speaks."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    return f"demo-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def make_firestore(firestore_project: str) -> Iterator[MakeFirestore]:
    """Make stores over the test's project: `make_firestore(limit=400)`; all see the same."""
    from tests.peers.emulated import EmulatedStore

    with ExitStack() as stack:

        def make(**options: Any) -> EmulatedStore:
            made = EmulatedStore(firestore_project, **options)
            stack.callback(made.close)
            return made

        yield make


@pytest.fixture(params=["sqlite", pytest.param("firestore", marks=pytest.mark.peer)])
def either_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store: SQLite or Firestore."""
    from healthrelay.adapters.sqlite.store import SqliteStore

    if request.param == "firestore":
        yield request.getfixturevalue("make_firestore")()
        return
    store = SqliteStore(str(tmp_path / "healthrelay.db"))
    yield store
    store.close()


@pytest.fixture
def firestore_contents(firestore_project: str) -> Callable[[], dict[str, dict[str, Any]]]:
    """Every document of the test's project by its path, read without the store."""
    from tests.peers.emulated import contents_of

    return functools.partial(contents_of, firestore_project)


@contextmanager
def emulator(folder: Path) -> Iterator[str]:
    """Share the emulator of *folder* with all who ask for the same; the first one starts it."""
    java, jar = _needed()
    folder.mkdir(exist_ok=True)
    with (folder / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # waits for a keeper that is about to end
        with (folder / "starting").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            host = _running(folder) or _start(folder, java, jar)
        yield host  # closing the files lets go of the locks, and so does the end of the process


def _needed() -> tuple[str, Path]:
    java, jar = shutil.which("java"), _jar()
    if java is None or jar is None:
        install.unavailable("the Firestore emulator needs java and its jar; they were not found")
    try:
        client = find_spec("google.cloud.firestore")
    except ModuleNotFoundError:
        client = None
    if client is None:
        install.unavailable("google-cloud-firestore is not installed (the extra `firestore`)")
    return java, jar


@functools.cache
def _jar() -> Path | None:
    """The emulator's jar: named, beside gcloud, or where gcloud says that it keeps its parts."""
    named, gcloud = os.environ.get("FIRESTORE_EMULATOR_JAR"), shutil.which("gcloud")
    if named or not gcloud:
        found = Path(named) if named else None
        return found if found and found.is_file() else None
    beside = Path(gcloud).resolve().parents[1] / _JAR
    if beside.is_file():
        return beside
    told = subprocess.run(
        [gcloud, "info", "--format=value(installation.sdk_root)"],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    root = told.stdout.strip()
    return Path(root) / _JAR if root and (Path(root) / _JAR).is_file() else None


def _running(folder: Path) -> str | None:
    """The host of the emulator that somebody started before us, if it is still there."""
    from tests.peers.process import answers

    told = folder / "host"
    host = told.read_text() if told.exists() else ""
    return host if host and answers(f"http://{host}/") else None


def _start(folder: Path, java: str, jar: Path) -> str:
    (folder / "host").unlink(missing_ok=True)
    with (folder / "keeper.out").open("ab") as out:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.peers.firestore", str(folder), java, str(jar)],
            cwd=Path(__file__).resolve().parents[2],
            # It outlives the run, so nobody waits for its coverage.
            env={n: v for n, v in os.environ.items() if not n.startswith("COVERAGE_PROCESS_")},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # the terminal's Ctrl-C ends us, and thereby the keeper
        )
    until = time.monotonic() + _SECONDS
    while not (folder / "host").exists():
        if keeper.poll() is not None or time.monotonic() > until:
            said = "".join(p.read_text(errors="replace") for p in sorted(folder.glob("*.out")))
            raise RuntimeError(f"the Firestore emulator did not start:\n{said[-3000:]}")
        time.sleep(0.05)
    return (folder / "host").read_text()


def _keep(folder: Path, java: str, jar: str) -> None:
    """Run the emulator for as long as anybody holds the lock on the users' file."""
    from tests.peers.process import Process, answers, free_port

    host = f"127.0.0.1:{free_port()}"
    at = host.replace("127.0.0.1:", "--port=")
    process = Process(
        [
            java,
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Duser.language=en",
            "-cp",
            jar,
            _MAIN,
            "--host=127.0.0.1",
            at,
        ],
        env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
        cwd=folder,
        log=folder / "emulator.out",
    )
    process.wait_until(lambda: answers(f"http://{host}/"), _SECONDS)
    (folder / "host.new").write_text(host)
    (folder / "host.new").rename(folder / "host")
    with (folder / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        (folder / "host").unlink(missing_ok=True)
        process.terminate()


if __name__ == "__main__":
    _keep(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
